/** What the build puts in place. */
declare const process: { env: { NODE_ENV: "development" | "production" } };
