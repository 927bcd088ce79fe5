/* The Today screen: it follows at once what is pasted, and what others do. */

import { attempt, refresh } from "./desk.js";
import { followChanges } from "./live.js";

document.addEventListener("desk:pasted", () => attempt(() => refresh(["today"])));
followChanges(() => refresh(["today"], location.href, { heartbeat: true }));
