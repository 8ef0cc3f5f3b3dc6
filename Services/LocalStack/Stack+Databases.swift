import Foundation
import Postgres

extension Stack {
    /// A database and a role for each daemon that has one; no role may enter another one's database.
    func createDatabases() async throws {
        let administrator = Database(url: try databaseURL("postgres", role: "dcmms"), maximumConnections: 1)
        do {
            for name in StackDaemon.all.filter(\.hasDatabase).map(\.database) {
                if try await administrator.first("SELECT 1 FROM pg_roles WHERE rolname = \(name)") == nil {
                    try await administrator.execute(SQL(stringLiteral: "CREATE ROLE \(name) LOGIN"))
                }
                let password = try password(of: name)
                try await administrator.execute(SQL(stringLiteral: "ALTER ROLE \(name) PASSWORD '\(password)'"))
                if try await administrator.first("SELECT 1 FROM pg_database WHERE datname = \(name)") == nil {
                    try await administrator.execute(SQL(stringLiteral: "CREATE DATABASE \(name) OWNER \(name)"))
                }
                try await administrator.execute(SQL(stringLiteral: "REVOKE CONNECT ON DATABASE \(name) FROM PUBLIC"))
            }
        } catch {
            await administrator.close()
            throw error
        }
        await administrator.close()
    }

    func databaseURL(_ database: String, role: String) throws -> String {
        "postgres://\(role):\(try password(of: role))@127.0.0.1:\(port("postgres"))/\(database)"
    }

    /// A role's password: made up once, and kept where only the stack's owner can read it.
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
