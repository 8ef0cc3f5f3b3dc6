import Foundation
import TestSupport
import Testing

/// Security keys as a real browser has them, at the real login page. The browser's own judge is the authenticator that Chromium brings along.
@Suite struct SecurityKeyEndToEndTests {
    @Test func aPersonAddsAKeyAndLogsInWithItWithChromium() async throws {
        try await BrowserStack.run("keys", requiresMFA: true) { port in
            guard FileManager.default.isExecutableFile(atPath: "/usr/bin/chromium") else {
                print("SKIPPED: the login in a browser needs Chromium; deploy/local/setup.sh installs it")
                return
            }
            let pictures = ProcessInfo.processInfo.environment["TEST_SCREENSHOT"].map { [$0] } ?? []
            _ = try await Python.run(
                "Tests/Oracles/key_login.py",
                ["http://localhost:\(port)", BrowserStack.person.email, BrowserStack.person.password] + pictures,
                needs: "playwright"
            )
        }
    }
}
