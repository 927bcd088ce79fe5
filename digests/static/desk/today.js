/* The Today screen: its counts follow at once what is pasted. */

import { attempt, refresh } from "./desk.js";

document.addEventListener("desk:pasted", () => attempt(() => refresh(["inbox"])));
