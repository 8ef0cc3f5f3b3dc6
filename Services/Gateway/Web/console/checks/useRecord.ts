import { useState } from "react";
import type { NewAnswer, TaskResponse } from "generated/api";
import { explain, explainField } from "../../shared/api/explain";
import { Problem } from "../../shared/data";
import type { WorkOrder } from "../orders/orders";
import { outcomeOf, RecordedByOther } from "./check";
import { recordTask } from "./record";

/** What is wrong with an answer: at its field, or with the whole. */
export interface Wrong { field?: string; problem?: string }

export interface Recording {
  /** What the person answers; empty if nothing is begun. */
  draft: NewAnswer;
  /** It fails, and that has consequences: the person is asked once more. */
  isUnsure: boolean;
  /** Somebody else has recorded the task while this person was answering. */
  isTheirs: boolean;
  busy: boolean;
  wrong: Wrong;
  write: (draft: NewAnswer) => void;
  /** Records it; an answer that fails only when the person is sure. */
  send: (answer: NewAnswer, isSure?: boolean) => Promise<void>;
}

const hasBegun = ({ yes, choice, number, text, attachment }: NewAnswer): boolean => typeof yes === "boolean" || Boolean(choice ?? number ?? text ?? attachment);

/** An answer to a task's check. What is typed stays until it is recorded, whatever happens. */
export function useRecord(order: WorkOrder, task: TaskResponse, done: () => void): Recording {
  const [draft, setDraft] = useState<NewAnswer>({});
  const [isUnsure, setUnsure] = useState(false);
  const [busy, setBusy] = useState(false);
  const [wrong, setWrong] = useState<Wrong>({});
  const write = (next: NewAnswer) => {
    setDraft(next);
    setUnsure(false);
    setWrong({});
  };
  const send = async (answer: NewAnswer, isSure = false) => {
    if (busy) return;
    write(answer);
    if (!isSure && task.check && outcomeOf(task.check, answer) === "failed") return setUnsure(true);
    setBusy(true);
    try {
      await recordTask(order, task, { status: "completed", answer });
      setDraft({});
    } catch (error) {
      // The page shows what they have recorded, and asks which to keep.
      if (!(error instanceof RecordedByOther)) setWrong(wrongOf(error));
    } finally {
      setBusy(false);
      // What was pressed is not there while the answer is on its way.
      done();
    }
  };
  return { draft, isUnsure, isTheirs: !busy && task.status !== "pending" && hasBegun(draft), busy, wrong, write, send };
}

function wrongOf(error: unknown): Wrong {
  const found = Problem.from(error).document.errors?.find(({ field }) => field.startsWith("answer"));
  return found ? { field: explainField(found) } : { problem: explain(error) };
}
