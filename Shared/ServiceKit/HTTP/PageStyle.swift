/// The style of the pages that daemons write. The colours and sizes are those of the console (`Services/Gateway/Web/shared/ui/tokens.css`), by the same names.
public enum PageStyle {
    public static let css = """
        :root{color-scheme:light;--surface:#ffffff;--surface-raised:#ffffff;--surface-sunken:#f6f7f9;--surface-hover:#eff2f6;
        --surface-selected:#e8f0fe;--text:#172033;--text-muted:#55617a;--text-on-accent:#ffffff;--link:#1d56c9;--border:#e0e4ea;
        --border-control:#808ba0;--accent:#2563eb;--accent-hover:#1d4fc4;--focus:#2563eb;--success:#116b35;--success-soft:#e4f6ea;
        --danger:#b91c1c;--danger-soft:#fdeaea;--shadow:0 4px 16px rgb(15 23 42 / 14%);--radius:6px;--radius-large:8px;
        --font:system-ui, -apple-system, "Segoe UI", Roboto, "Noto Sans", "Liberation Sans", sans-serif;
        --font-mono:ui-monospace, "SF Mono", Menlo, Consolas, "Liberation Mono", monospace}
        @media (prefers-color-scheme:dark){:root{color-scheme:dark;--surface:#11151c;--surface-raised:#181d26;--surface-sunken:#0c0f15;
        --surface-hover:#202733;--surface-selected:#1b2d4f;--text:#e6eaf1;--text-muted:#a0abbd;--text-on-accent:#ffffff;--link:#8ab4ff;
        --border:#2a3240;--border-control:#6d7a90;--accent:#2f6bea;--accent-hover:#2459cf;--focus:#8ab4ff;--success:#6fd494;
        --success-soft:#12301f;--danger:#ff9c9c;--danger-soft:#42191c;--shadow:0 4px 20px rgb(0 0 0 / 55%)}}
        *{box-sizing:border-box}html{-webkit-text-size-adjust:100%}[hidden]{display:none!important}
        body{margin:0;padding:1.5rem 1rem;background:var(--surface-sunken);color:var(--text);font:1rem/1.5 var(--font);overflow-wrap:break-word}
        header,main{max-inline-size:26rem;margin-inline:auto}
        header{display:flex;align-items:center;justify-content:space-between;min-block-size:44px;margin-block-end:.5rem}.name{font-weight:700}
        main{padding:1.5rem 1.75rem 1.75rem;border:1px solid var(--border);border-radius:var(--radius-large);background:var(--surface-raised)}
        h1{margin:0 0 1rem;font-size:1.375rem;line-height:1.3;font-weight:600}p,ul{margin:0 0 1rem}main>:last-child,form>:last-child{margin-block-end:0}
        label,legend{display:block;font-weight:500}label{margin-block-end:1rem}fieldset{border:0;margin:0 0 1rem;padding:0}legend{padding:0}
        input:not([type=radio]){display:block;inline-size:100%;min-block-size:44px;margin-block-start:.25rem;padding:.25rem .625rem;font:inherit;
        font-weight:400;color:inherit;background:var(--surface);border:1px solid var(--border-control);border-radius:var(--radius)}
        [dir=rtl] input[dir=ltr]{text-align:end}::placeholder{color:var(--text-muted);opacity:1}
        [aria-invalid=true]:not([type=radio]){border-color:var(--danger);box-shadow:0 0 0 1px var(--danger)}
        .choice{display:flex;align-items:center;gap:.625rem;min-block-size:44px;margin:0;font-weight:400}
        .choice input{flex:none;inline-size:1.125rem;block-size:1.125rem;margin:0;accent-color:var(--accent)}
        main button,.button{display:flex;align-items:center;justify-content:center;inline-size:100%;min-block-size:44px;padding:.5rem 1rem;
        border:1px solid transparent;border-radius:var(--radius);background:var(--accent);color:var(--text-on-accent);font:inherit;font-weight:500;
        text-align:center;text-decoration:none;cursor:pointer}
        main button:hover,.button:hover{background:var(--accent-hover)}main button:disabled{opacity:.6;cursor:progress}
        main button.second{background:var(--surface-raised);border-color:var(--border-control);color:var(--text)}
        main button.second:hover{background:var(--surface-hover)}
        a{color:var(--link);text-underline-offset:2px}.action{display:inline-block;padding-block:.625rem}form+.after{margin-block-start:.5rem}
        .error,.done{padding:.625rem .75rem;border-radius:var(--radius)}.error{background:var(--danger-soft);color:var(--danger)}
        .done{background:var(--success-soft);color:var(--success)}form~.error,form~.done{margin-block-start:1rem}
        .hint,.or{color:var(--text-muted);font-size:.9375rem}.or{margin-block:1rem;text-align:center}
        code{display:inline-block;direction:ltr;unicode-bidi:isolate;font:.9375rem var(--font-mono)}
        hr{margin:1.25rem 0;border:0;border-block-start:1px solid var(--border)}
        #languages{position:relative}summary{display:flex;align-items:center;gap:.5rem;min-block-size:44px;padding-inline:.625rem;border-radius:var(--radius);
        color:var(--text-muted);cursor:pointer;list-style:none}summary::-webkit-details-marker{display:none}
        summary:hover{background:var(--surface-hover)}
        #languages form{position:absolute;inset-inline-end:0;z-index:1;display:grid;grid-template-columns:1fr 1fr;inline-size:min(18rem,80vw);
        padding:.25rem;border:1px solid var(--border);border-radius:var(--radius-large);background:var(--surface-raised);box-shadow:var(--shadow)}
        #languages button{min-block-size:44px;padding:.25rem .75rem;border:0;border-radius:var(--radius);background:none;color:var(--text);font:inherit;
        text-align:start;cursor:pointer}#languages button:hover{background:var(--surface-hover)}
        #languages button[aria-current]{background:var(--surface-selected);font-weight:600}
        :focus{outline:none}:focus-visible{outline:2px solid var(--focus);outline-offset:1px}
        @media (forced-colors:active){:focus-visible{outline-color:Highlight}}
        .visually-hidden{position:absolute;inline-size:1px;block-size:1px;margin:-1px;overflow:hidden;clip-path:inset(50%);white-space:nowrap}
        @media (max-width:30rem){body{padding:0;background:var(--surface-raised)}header{margin:0;padding-inline:1rem .375rem;
        border-block-end:1px solid var(--border)}main{border:0;border-radius:0;padding:1.25rem 1rem}}
        """
}
