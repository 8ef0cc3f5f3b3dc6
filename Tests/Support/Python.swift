import Foundation
import LocalServers

/// The Python tools of the tests: independent implementations to compare ours with.
public enum Python {
    private static let root = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .deletingLastPathComponent()

    /// The path of a file or folder in this repository.
    public static func path(_ name: String) -> String { root.appending(path: name).path }

    /// Runs a script, or prints that it is skipped if the modules are not installed.
    ///
    /// - Parameters:
    ///   - script: Its path in the repository.
    ///   - needs: The modules that it needs.
    /// - Returns: Whether it was run.
    /// - Throws: ``LocalServerError`` with the script's output if it failed.
    public static func run(_ script: String, _ arguments: [String], needs modules: String) async throws -> Bool {
        let python = path(".local/venv/bin/python")
        guard (try? await Tool.run([python, "-c", "import \(modules)"])) != nil else {
            print("SKIPPED: \(script) needs \(modules) in .local/venv; deploy/local/setup.sh installs them")
            return false
        }
        try await Tool.run([python, path(script)] + arguments)
        return true
    }
}
