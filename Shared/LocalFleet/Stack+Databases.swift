import Foundation
import Postgres

extension Stack {
    /// A database and two roles for each daemon that has one: its tables' owner, and the one that it runs as. No role may enter
    /// another daemon's database.
    func createDatabases() async throws {
        try await asAdministrator(of: "postgres") { administrator in
            for daemon in DaemonSpec.all where daemon.database != nil {
                let (name, owner) = (daemon.databaseName, daemon.ownerName)
                for role in [name, owner] {
                    if try await administrator.first("SELECT 1 FROM pg_roles WHERE rolname = \(role)") == nil {
                        try await administrator.execute(SQL(stringLiteral: "CREATE ROLE \(role) LOGIN"))
                    }
                    let password = try password(of: role)
                    try await administrator.execute(SQL(stringLiteral: "ALTER ROLE \(role) PASSWORD '\(password)'"))
                }
                if try await administrator.first("SELECT 1 FROM pg_database WHERE datname = \(name)") == nil {
                    try await administrator.execute(SQL(stringLiteral: "CREATE DATABASE \(name) OWNER \(owner)"))
                }
                try await administrator.execute(SQL(stringLiteral: "REVOKE CONNECT ON DATABASE \(name) FROM PUBLIC"))
                try await handOver(name, to: owner)
                // Behind that: what an owner may do goes to the next owner.
                try await administrator.execute(SQL(stringLiteral: "GRANT CONNECT ON DATABASE \(name) TO \(name)"))
            }
        }
    }

    /// A stack from the time when the daemon's own role owned everything still works: the owner gets what that role has.
    private func handOver(_ database: String, to owner: String) async throws {
        try await asAdministrator(of: database) { administrator in
            let owned = try await administrator.first(
                """
                SELECT 1 FROM pg_shdepend d JOIN pg_roles r ON r.oid = d.refobjid
                WHERE r.rolname = \(database) AND d.deptype = 'o' LIMIT 1
                """
            )
            guard owned != nil else { return }
            try await administrator.execute(SQL(stringLiteral: "REASSIGN OWNED BY \(database) TO \(owner)"))
        }
    }

    private func asAdministrator(of name: String, _ body: (Database) async throws -> Void) async throws {
        let administrator = Database(url: try databaseURL(name, role: "dcmms"), maximumConnections: 1)
        do {
            try await body(administrator)
        } catch {
            await administrator.close()
            throw error
        }
        await administrator.close()
    }

    package func databaseURL(_ database: String, role: String) throws -> String {
        "postgres://\(role):\(try password(of: role))@127.0.0.1:\(port("postgres"))/\(database)"
    }

    /// A role's password: generated once, and kept where only the stack's owner can read it.
    func password(of role: String) throws -> String {
        let folder = directory.appending(path: "passwords")
        try FileManager.default.createDirectory(
            at: folder,
            withIntermediateDirectories: true,
            attributes: [.posixPermissions: 0o700]
        )
        let file = folder.appending(path: role)
        if let known = try? String(contentsOf: file, encoding: .utf8), !known.isEmpty { return known }
        let password = (0..<4).map { _ in String(UInt64.random(in: 1 << 63 ... .max), radix: 16) }.joined()
        try Data(password.utf8).write(to: file, options: .atomic)
        return password
    }
}
