/* Today: what is pasted in is counted at once. */

import { attempt, refresh } from "./desk.js";

document.addEventListener("desk:pasted", () => attempt(() => refresh(["inbox"])));
