import Foundation
import LocalServers
import TestSupport
import Testing

/// Canaille, an identity provider that is none of ours, over a directory.
struct Canaille {
    static let tool = Python.path(".local/venv/bin/canaille")
    static let client = "dcmms"
    static let secret = "a secret of the client"

    let issuer: String
    private let process: ServerProcess
    private let environment: [String: String]

    static func start(over directory: OpenLDAP) async throws -> Canaille {
        let folder = TestServers.directory.appending(path: "canaille")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        let port = try Port.free()
        try await Tool.run([
            Python.path(".local/venv/bin/python"), Python.path("Tests/Oracles/canaille_setup.py"), folder.path,
            "\(port)",
            directory.url, OpenLDAP.suffix, OpenLDAP.administrator, OpenLDAP.administratorPassword,
        ])
        let environment = ProcessInfo.processInfo.environment.merging(
            ["CANAILLE_CONFIG": folder.appending(path: "canaille.toml").path]
        ) { $1 }
        try await Tool.run([tool, "install"], environment: environment)
        let process = try await ServerProcess.start(
            "canaille",
            [tool, "run", "--bind", "127.0.0.1:\(port)"],
            environment: environment,
            directory: folder,
            lifetime: .starter
        )
        try await eventually("canaille to answer") { Port.answers(port) ? true : nil }
        return Canaille(issuer: "http://localhost:\(port)", process: process, environment: environment)
    }

    /// Registers our client.
    func register(_ callback: String, logout: String) async throws {
        try await Tool.run(
            [
                Self.tool, "create", "client", "--client-id", Self.client, "--client-secret", Self.secret,
                "--client-name", "dCMMS", "--redirect-uris", callback, "--post-logout-redirect-uris", logout,
                "--grant-types", "authorization_code", "--response-types", "code", "--scope", "openid", "--scope",
                "profile", "--scope", "email", "--scope", "groups", "--token-endpoint-auth-method",
                "client_secret_basic",
            ],
            environment: environment
        )
        // Its own page for administrators does the same.
        try await Tool.run(
            [Self.tool, "set", "client", Self.client, "--audience", Self.client],
            environment: environment
        )
    }

    func stop() async { await process.stop() }
}
