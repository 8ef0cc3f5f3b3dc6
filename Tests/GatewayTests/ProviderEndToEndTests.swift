import Foundation
import LocalServers
import TestSupport
import Testing

@testable import Gateway

/// A real identity provider, a real browser, and the daemons as processes.
@Suite struct ProviderEndToEndTests {
    @Test func peopleLogInAtARealProvider() async throws {
        guard FileManager.default.isExecutableFile(atPath: "/usr/bin/chromium"),
            FileManager.default.isExecutableFile(atPath: Canaille.tool)
        else {
            print("SKIPPED: the login at a provider needs Chromium, and canaille and playwright in .local/venv")
            return
        }
        let provider = try await Canaille()
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
            try await provider.moveAnna(to: "bosses")
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
        let text = try await Tool.run(script + [gateway, "browser", "anna", Canaille.password])
        let line = text.split(separator: "\n").last ?? ""
        return try JSONSerialization.jsonObject(with: Data(line.utf8)) as? [String: Any] ?? [:]
    }
}

/// Canaille, an identity provider that is none of ours.
struct Canaille {
    static let tool = Python.path(".local/venv/bin/canaille")
    static let client = "dcmms"
    static let secret = "a secret of the client"
    static let password = "correct horse battery"

    let issuer: String
    private let process: ServerProcess
    private let environment: [String: String]
    private let group: String

    init() async throws {
        let folder = TestServers.directory.appending(path: "canaille")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        let port = try Port.free()
        try await Tool.run([
            Python.path(".local/venv/bin/python"), Python.path("Tests/Oracles/canaille_setup.py"), folder.path,
            "\(port)",
        ])
        let environment = ProcessInfo.processInfo.environment.merging(
            ["CANAILLE_CONFIG": folder.appending(path: "canaille.toml").path]
        ) { $1 }
        try await Tool.run([Self.tool, "install"], environment: environment)
        try await Tool.run(
            [
                Self.tool, "create", "user", "--user-name", "anna", "--given-name", "Anna", "--family-name", "Berg",
                "--formatted-name", "Anna Berg", "--emails", "anna@sunfield.example", "--password", Self.password,
            ],
            environment: environment
        )
        let made = try await Tool.run(
            [Self.tool, "create", "group", "--display-name", "technicians", "--members", "anna"],
            environment: environment
        )
        let line = made.split(separator: "\n").last { $0.hasPrefix("{") } ?? "{}"
        let object = try JSONSerialization.jsonObject(with: Data(line.utf8)) as? [String: Any]
        group = object?["id"] as? String ?? ""
        process = try await ServerProcess.start(
            "canaille",
            [Self.tool, "run", "--bind", "127.0.0.1:\(port)"],
            environment: environment,
            directory: folder,
            lifetime: .starter
        )
        try await eventually("canaille to answer") { Port.answers(port) ? true : nil }
        issuer = "http://localhost:\(port)"
        self.environment = environment
    }

    /// Registers our client.
    func register(_ callback: String, logout: String) async throws {
        try await Tool.run(
            [
                Self.tool, "create", "client", "--client-id", Self.client, "--client-secret", Self.secret,
                "--client-name",
                "dCMMS", "--redirect-uris", callback, "--post-logout-redirect-uris", logout, "--grant-types",
                "authorization_code", "--response-types", "code", "--scope", "openid", "--scope", "profile", "--scope",
                "email", "--scope", "groups",
                "--token-endpoint-auth-method", "client_secret_basic",
            ],
            environment: environment
        )
        // Its own page for administrators does the same.
        try await Tool.run(
            [Self.tool, "set", "client", Self.client, "--audience", Self.client],
            environment: environment
        )
    }

    /// Gives the group that Anna is in another name.
    func moveAnna(to name: String) async throws {
        try await Tool.run([Self.tool, "set", "group", group, "--display-name", name], environment: environment)
    }

    func stop() async { await process.stop() }
}
