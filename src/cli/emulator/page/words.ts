import type { ShownItem } from "../snapshot.js";

const kinds: Readonly<Record<ShownItem["kind"], string>> = {
  message: "Message",
  "sent mail": "Sent mail",
  event: "Event",
  task: "Task",
  "work item": "Work item",
  drive: "Drive",
  "print document": "Print document",
};

const services: Readonly<Record<string, string>> = {
  outlook: "Outlook",
  todo: "To Do",
  drive: "OneDrive",
  print: "Universal Print",
  azureDevOps: "Azure DevOps",
};

const states: Readonly<Record<string, string>> = {
  open: "not complete yet",
  complete: "complete",
  deleted: "session deleted",
  expired: "session expired",
};

export const titleOf = ({ kind, title }: ShownItem): string => `${kinds[kind]}: ${title}`;

export const serviceName = (service: string): string => services[service] ?? service;

export const stateName = (state: string): string => states[state] ?? state;
