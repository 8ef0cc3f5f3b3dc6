import Foundation
import LocalServers
import TestSupport
import Testing

@testable import Gateway

/// A real identity provider over a real directory, a real browser, and the daemons as processes.
@Suite struct ProviderEndToEndTests {
    @Test func peopleLogInAtARealProvider() async throws {
        guard FileManager.default.isExecutableFile(atPath: "/usr/bin/chromium"),
            FileManager.default.isExecutableFile(atPath: Canaille.tool)
        else {
            print("SKIPPED: the login at a provider needs Chromium, and canaille and playwright in .local/venv")
            return
        }
        let directory = try await OpenLDAP.start()
        let provider = try await Canaille.start(over: directory)
        try await BrowserStack.run("provider") { port in
            let gateway = "http://localhost:\(port)"
            let admin = HTTPBrowser(base: gateway)
            try await admin.logIn(BrowserStack.person)
            let token = try #require(try await admin.send("GET", "/auth/session").object["csrfToken"] as? String)
            let own = [("X-CSRF-Token", token), ("Origin", gateway)]
            let path = "/api/v1/tenant/identity-provider"
            // It says nothing of addresses, so the tenant vouches for them.
            let settings: [String: Any] = [
                "kind": "oidc", "issuer": provider.issuer, "clientId": Canaille.client, "clientSecret": Canaille.secret,
                "scopes": ["openid", "profile", "email", "groups"], "trustsEmail": true,
                "roleMapping": [
                    ["group": "technicians", "roles": ["technician"]], ["group": "bosses", "roles": ["supervisor"]],
                ],
            ]
            let json = String(decoding: try JSONSerialization.data(withJSONObject: settings), as: UTF8.self)
            let set = try await admin.send("PUT", path, own, json)
            #expect(set.status == 200)
            let callback = try #require(set.object["callbackUrl"] as? String)
            try await provider.register(callback, logout: gateway + "/")
            let test = try await admin.send("POST", path + "/test", own)
            #expect((test.status, test.object["announcesPkce"] as? Bool) == (200, true))

            let first = try await Self.logIn(gateway)
            #expect(first["email"] as? String == "anna@sunfield.example")
            #expect(first["displayName"] as? String == "Anna Berg")
            #expect(first["roles"] as? [String] == ["technician"])
            try await directory.moveAnna(from: "technicians", to: "bosses")
            let second = try await Self.logIn(gateway)
            #expect(second["id"] as? String == first["id"] as? String)
            #expect(second["roles"] as? [String] == ["supervisor"])
            await provider.stop()
            let away = try await admin.send("POST", path + "/test", own)
            #expect((away.status, away.code) == (503, "provider_unavailable"))
            try await Tool.run(Self.script + [gateway, "browser", "--away"])
            // The administrator still gets in.
            try await HTTPBrowser(base: gateway).logIn(BrowserStack.person)
        }
    }

    private static let script = [
        Python.path(".local/venv/bin/python"), Python.path("Tests/Oracles/provider_login.py"),
    ]

    /// Logs in with the browser; who it is.
    private static func logIn(_ gateway: String) async throws -> [String: Any] {
        let text = try await Tool.run(script + [gateway, "browser", "anna", OpenLDAP.password])
        let line = text.split(separator: "\n").last ?? ""
        return try JSONSerialization.jsonObject(with: Data(line.utf8)) as? [String: Any] ?? [:]
    }
}
