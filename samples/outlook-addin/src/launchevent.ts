// One script without imports, because classic Outlook runs it in a runtime of its own. See samples/support/vite.ts.
import { blockSendWhileAttaching } from "graph-large-attachments/outlook";

Office.actions.associate("onSend", blockSendWhileAttaching);
