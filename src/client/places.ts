// Loaded with the first file that goes to a drive, a print document, a chat or a channel, or that an item gets as a link.
export { meantBy } from "../attach/filesFolder.js";
export { attachLink } from "../attach/overflow.js";
export { postInstead } from "../messages/chat.js";
export { graphProtocols as protocols } from "../protocols/index.js";
