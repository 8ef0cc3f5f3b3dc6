import { Problem } from "../../shared/data";

/** If somebody else has changed the record meanwhile, it is read again before the refusal is shown: whoever confirms once more has seen what is there now. */
export async function readIfStale<T>(change: Promise<T>, read: () => void): Promise<T> {
  try {
    return await change;
  } catch (error) {
    if (Problem.from(error).code === "stale_version") read();
    throw error;
  }
}
