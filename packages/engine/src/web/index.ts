export { openEngine, WEB_ENGINE_NAMES, type WebEngineName } from "./open-engine.js";
