import Foundation

/// Runs a command line tool to its end.
public enum Tool {
    /// - Returns: What the tool wrote to its standard output and standard error.
    /// - Throws: ``LocalServerError`` when it is missing or ends with another status than 0; the message ends with its output.
    @discardableResult
    public static func run(_ command: [String], environment: [String: String]? = nil) async throws -> String {
        let log = FileManager.default.temporaryDirectory.appending(path: "dcmms-tool-\(UUID().uuidString)")
        let output = open(log.path, O_WRONLY | O_CREAT | O_CLOEXEC, 0o600)
        defer {
            close(output)
            unlink(log.path)
        }
        let pid = try Spawn.start(
            [try find(command[0])] + command.dropFirst(),
            environment: environment ?? ProcessInfo.processInfo.environment,
            output: output
        )
        let status = await Spawn.wait(for: pid)
        let text = (try? String(contentsOf: log, encoding: .utf8)) ?? ""
        guard status == 0 else {
            throw LocalServerError("\(command.joined(separator: " ")) ended with status \(status): \(text)")
        }
        return text
    }

    /// The full path of a program: given as one, or on the PATH, or where Debian keeps daemons.
    static func find(_ name: String) throws -> String {
        if name.contains("/") {
            guard FileManager.default.isExecutableFile(atPath: name) else {
                throw LocalServerError("\(name) is not there or can't be executed")
            }
            return name
        }
        let path = ProcessInfo.processInfo.environment["PATH"] ?? "/usr/bin:/bin"
        for folder in path.split(separator: ":").map(String.init) + ["/usr/sbin", "/sbin"] {
            let candidate = "\(folder)/\(name)"
            if FileManager.default.isExecutableFile(atPath: candidate) { return candidate }
        }
        throw LocalServerError("\(name) is not installed: apt-get install \(packages[name] ?? name)")
    }

    /// Debian's packages, where they are not named like the program.
    private static let packages = ["setpriv": "util-linux", "setsid": "util-linux", "chown": "coreutils"]
}
