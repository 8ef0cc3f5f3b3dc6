import { useCallback } from "react";
import type { Permission, UserResponse } from "generated/api";
import { Problem } from "../api/Problem";
import { Store } from "../store";

/** Why somebody has to sign in while a page is open. */
export type SignInReason = "session_ended" | "step_up_required";

export type SessionState =
  | { phase: "loading" }
  | { phase: "failed"; problem: Problem }
  | { phase: "signed_in"; user: UserResponse; csrfToken: string; askedFor: SignInReason | null };

/** Who is signed in. The browser has a cookie that no script can read; tokens stay in the gateway. */
class Session {
  readonly state = new Store<SessionState>({ phase: "loading" });
  private waiting: ((isRenewed: boolean) => void)[] = [];
  /** The person has been asked to sign in again and goes on reading: they are asked anew by what they do, not by what happens behind it. */
  private isPutOff = false;

  get csrfToken(): string | null {
    const state = this.state.get();
    return state.phase === "signed_in" ? state.csrfToken : null;
  }

  /** Asks the gateway. Whoever is not signed in goes to the login page, and comes back here. */
  async load(): Promise<void> {
    try {
      const response = await fetch("/auth/session", { headers: { Accept: "application/json" }, cache: "no-store" });
      const before = this.state.get();
      // Whoever has a page open signs in beside it: nothing that they have typed is lost.
      if (response.status === 401 && before.phase === "signed_in") return this.isPutOff ? undefined : this.state.set({ ...before, askedFor: "session_ended" });
      if (response.status === 401) return leaveForLogin();
      if (!response.ok) throw await Problem.of(response);
      const { csrfToken, user } = (await response.json()) as { csrfToken: string; user: UserResponse };
      // Somebody else has signed in here: nothing of the page may be theirs.
      if (before.phase === "signed_in" && before.user.id !== user.id) return location.reload();
      this.isPutOff = false;
      const next = { phase: "signed_in" as const, user, csrfToken, askedFor: null };
      // Nothing is drawn again if all is as it was.
      if (JSON.stringify(next) !== JSON.stringify(before)) this.state.set(next);
      this.answer(true);
    } catch (error) {
      if (this.state.get().phase === "signed_in") throw error;
      this.state.set({ phase: "failed", problem: error instanceof Problem ? error : Problem.unreachable() });
    }
  }

  /** What the person may do can have changed. Whoever is just asked to sign in is not disturbed. */
  async refresh(): Promise<void> {
    const state = this.state.get();
    if (state.phase === "signed_in" && state.askedFor === null) await this.load().catch(() => undefined);
  }

  /**
   * Waits until the person has signed in again, if that is what the problem asks for.
   *
   * @returns Whether the request can be sent again.
   */
  async recovers(problem: Problem): Promise<boolean> {
    const reason = reasonOf(problem);
    const state = this.state.get();
    if (reason === null || state.phase !== "signed_in") return false;
    this.isPutOff = false;
    this.state.set({ ...state, askedFor: reason });
    return new Promise((resolve) => this.waiting.push(resolve));
  }

  /** The person does not want to sign in again now: what waits for it is refused. */
  dismiss(): void {
    const state = this.state.get();
    if (state.phase === "signed_in") {
      this.isPutOff = state.askedFor === "session_ended";
      this.state.set({ ...state, askedFor: null });
    }
    this.answer(false);
  }

  /** Ends the session everywhere, also at the identity provider. */
  async signOut(): Promise<void> {
    const response = await fetch("/auth/logout", { method: "POST", headers: { "X-CSRF-Token": this.csrfToken ?? "" } });
    if (!response.ok && response.status !== 401) throw await Problem.of(response);
    const answer = response.ok ? ((await response.json()) as { logoutUrl: string | null }) : null;
    location.assign(answer?.logoutUrl ?? "/");
  }

  private answer(isRenewed: boolean): void {
    const waiting = this.waiting;
    this.waiting = [];
    for (const resolve of waiting) resolve(isRenewed);
  }
}

function reasonOf(problem: Problem): SignInReason | null {
  if (problem.status !== 401) return null;
  return problem.code === "step_up_required" ? "step_up_required" : "session_ended";
}

export const loginURL = (returnTo: string, isFresh = false): string =>
  `/auth/login?${new URLSearchParams({ return_to: returnTo, ...(isFresh ? { prompt: "login" } : {}) })}`;

function leaveForLogin(): void {
  location.assign(loginURL(location.pathname + location.search));
}

export const session = new Session();

/** The person who is signed in. Only below the part of the app that waits for the session. */
export function useUser(): UserResponse {
  const state = session.state.use();
  if (state.phase !== "signed_in") throw new Error("nobody is signed in");
  return state.user;
}

/** Whether the person may do something somewhere. What it allows in one place is the server's to say. */
export function useMay(): (permission: Permission) => boolean {
  const { permissions } = useUser();
  return useCallback((permission) => permissions?.includes(permission) ?? false, [permissions]);
}
