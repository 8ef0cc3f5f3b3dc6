import Foundation

/// Runs a command line tool to its end.
enum Tool {
    /// - Returns: What the tool wrote to its standard output and standard error.
    /// - Throws: ``LocalServerError`` when it is missing or ends with another status than 0; the message ends with its output.
    @discardableResult
    static func run(_ command: [String], environment: [String: String]? = nil) async throws -> String {
        let process = Process()
        process.executableURL = URL(fileURLWithPath: try find(command[0]))
        process.arguments = Array(command.dropFirst())
        if let environment { process.environment = environment }
        process.standardInput = FileHandle.nullDevice
        let log = FileManager.default.temporaryDirectory.appending(path: "dcmms-tool-\(UUID().uuidString)")
        _ = FileManager.default.createFile(atPath: log.path, contents: nil)
        defer { try? FileManager.default.removeItem(at: log) }
        let output = try FileHandle(forWritingTo: log)
        process.standardOutput = output
        process.standardError = output
        let status: Int32 = try await withCheckedThrowingContinuation { continuation in
            process.terminationHandler = { continuation.resume(returning: $0.terminationStatus) }
            do {
                try process.run()
            } catch {
                process.terminationHandler = nil
                continuation.resume(throwing: error)
            }
        }
        let text = (try? String(contentsOf: log, encoding: .utf8)) ?? ""
        guard status == 0 else {
            throw LocalServerError("\(command.joined(separator: " ")) ended with status \(status): \(text)")
        }
        return text
    }

    /// The full path of a program: given as one, or on the PATH, or where Debian keeps daemons.
    static func find(_ name: String) throws -> String {
        if name.contains("/") { return name }
        let path = ProcessInfo.processInfo.environment["PATH"] ?? "/usr/bin:/bin"
        for folder in path.split(separator: ":").map(String.init) + ["/usr/sbin", "/sbin"] {
            let candidate = "\(folder)/\(name)"
            if FileManager.default.isExecutableFile(atPath: candidate) { return candidate }
        }
        throw LocalServerError("\(name) is not installed: apt-get install \(packages[name] ?? name)")
    }

    /// Debian's packages, where they are not named like the program.
    private static let packages = [
        "redis-server": "redis-server", "postgres": "postgresql", "mosquitto": "mosquitto", "setpriv": "util-linux",
        "setsid": "util-linux",
    ]
}
