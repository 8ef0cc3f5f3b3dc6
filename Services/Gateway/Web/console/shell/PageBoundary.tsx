import { Component, type ErrorInfo, type ReactNode } from "react";
import { text } from "../../shared/localization";
import { ErrorState } from "../../shared/ui";

/** A page that fails takes nothing else with it. */
export class PageBoundary extends Component<{ children: ReactNode }, { failed: boolean }> {
  override state = { failed: false };

  static getDerivedStateFromError(): { failed: boolean } {
    return { failed: true };
  }

  override componentDidCatch(error: Error, info: ErrorInfo): void {
    console.error(error, info.componentStack);
  }

  override render(): ReactNode {
    if (!this.state.failed) return this.props.children;
    // The usual reason is a new version, whose files have other names.
    return <ErrorState problem={{ message: text("app.page_failed") }} retry={() => location.reload()} />;
  }
}
