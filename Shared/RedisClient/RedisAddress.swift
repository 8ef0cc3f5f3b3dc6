import Foundation

/// The address of Redis, and how to authenticate.
struct RedisAddress: Hashable, Sendable {
    var host: String
    var port: Int
    var user: String?
    var password: String?
    var database: Int

    /// - Parameter url: `redis://[[user]:password@]host[:port][/database]`, percent-encoded.
    /// - Throws: ``RedisError/malformedURL(_:)``.
    init(url: String) throws(RedisError) {
        // No error shows the URL: it may carry a password.
        guard let parts = URLComponents(string: url) else { throw .malformedURL("it is not a URL") }
        guard parts.scheme == "redis" else {
            throw .malformedURL("the scheme must be redis; hiredis 0.14 has no TLS for rediss")
        }
        guard let host = parts.host, !host.isEmpty else { throw .malformedURL("the host is missing") }
        let port = parts.port ?? 6379
        guard (1...65535).contains(port) else { throw .malformedURL("the port must be from 1 to 65535") }
        let path = parts.path.drop { $0 == "/" }
        guard let database = path.isEmpty ? 0 : Int(path), database >= 0 else {
            throw .malformedURL("the path must be the database's number")
        }
        // An IPv6 address is in brackets in a URL, and without them everywhere else.
        self.host = host.trimmingCharacters(in: CharacterSet(charactersIn: "[]"))
        self.port = port
        self.user = parts.user.flatMap { $0.isEmpty ? nil : $0 }
        self.password = parts.password.flatMap { $0.isEmpty ? nil : $0 }
        self.database = database
    }

    /// What a new connection sends first, and Redis must accept.
    var greetings: [RedisCommand] {
        var greetings: [RedisCommand] = []
        if let password {
            greetings.append(RedisCommand(["AUTH", user, password].compactMap(\.self)))
        }
        if database != 0 { greetings.append(["SELECT", "\(database)"]) }
        // A process that is stopped still accepts connections: only an answer shows that Redis is there.
        greetings.append(["PING"])
        return greetings
    }
}
