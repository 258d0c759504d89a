import { configOf } from "../support/vite.js";

export default configOf("teams-tab");
