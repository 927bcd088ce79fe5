/* The lists of stories and digests: they follow what others do. */

import { refresh } from "./desk.js";
import { followChanges } from "./live.js";

followChanges(() => refresh(["list"], location.href, { heartbeat: true }));
