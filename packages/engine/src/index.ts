export { isNextscaleError, NextscaleError, type ErrorCode, type ErrorParts } from "./errors.js";
export { philox4x32 } from "./random/philox.js";
