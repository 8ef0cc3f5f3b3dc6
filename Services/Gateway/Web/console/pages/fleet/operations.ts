import type { Operation } from "../../../shared/api/call";

type Of<Method extends string, Rest extends string> = Extract<Operation, `${Method} /api/v1/operations/${string}/${Rest}`>;

/** Each daemon has the same operations at an address of its own. */
export const operationsOf = (daemon: string) => ({
  letters: `GET /api/v1/operations/${daemon}/dead-letters` as Of<"GET", "dead-letters">,
  redrive: `POST /api/v1/operations/${daemon}/dead-letters/{id}/redrive` as Of<"POST", "dead-letters/{id}/redrive">,
  discardLetter: `POST /api/v1/operations/${daemon}/dead-letters/{id}/discard` as Of<"POST", "dead-letters/{id}/discard">,
  events: `GET /api/v1/operations/${daemon}/refused-events` as Of<"GET", "refused-events">,
  retry: `POST /api/v1/operations/${daemon}/refused-events/{id}/retry` as Of<"POST", "refused-events/{id}/retry">,
  discardEvent: `POST /api/v1/operations/${daemon}/refused-events/{id}/discard` as Of<"POST", "refused-events/{id}/discard">,
});
