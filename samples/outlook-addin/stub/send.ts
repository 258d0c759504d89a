import { blockSendWhileAttaching } from "graph-large-attachments/outlook";

const style = `
  .stub-send { position: fixed; inset: auto 16px 16px auto; padding: 6px 20px; font: inherit; }
  .stub-alert { width: 260px; border: 1px solid GrayText; border-radius: 8px; font: 14px/20px sans-serif; }
  .stub-alert::backdrop { background: rgb(0 0 0 / 40%); }
  .stub-alert button { float: right; padding: 4px 12px; font: inherit; }`;

/** A button to send, and the alert that Outlook shows if the handler of the add-in stops the sending. */
export function showSend(): void {
  const button = element("button", "Send", "stub-send");
  const alert = element("dialog", "", "stub-alert");
  document.head.append(element("style", style));
  document.body.append(button, alert);
  button.addEventListener("click", () =>
    blockSendWhileAttaching({
      completed({ allowEvent, errorMessage = "" }) {
        if (allowEvent) return button.replaceWith(element("p", "Sent", "stub-send"));
        const close = element("button", "Don’t send");
        close.addEventListener("click", () => alert.close());
        alert.replaceChildren(element("p", errorMessage), close);
        alert.showModal();
      },
    }),
  );
}

function element<K extends keyof HTMLElementTagNameMap>(name: K, text: string, className = "") {
  return Object.assign(document.createElement(name), { textContent: text, className });
}
