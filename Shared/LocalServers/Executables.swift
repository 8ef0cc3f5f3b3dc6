import Foundation

/// The fleet's own programs, where the running one was built.
public enum Executables {
    /// The path of a program that was built together with this one.
    public static func path(_ name: String) -> String {
        let own = (try? FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/exe")) ?? ""
        return URL(fileURLWithPath: own).deletingLastPathComponent().appending(path: name).path
    }

    /// The folder of the web apps that were built beside this program; `nil` when there are none.
    public static var webRoot: String? {
        var folder = URL(fileURLWithPath: path("."))
        // `.build/web/site`, and this program is in `.build/<platform>/debug` or deeper.
        for _ in 0..<5 {
            folder = folder.deletingLastPathComponent()
            let site = folder.appending(path: "web/site")
            if FileManager.default.isReadableFile(atPath: site.appending(path: "index.html").path) { return site.path }
        }
        return nil
    }

    /// Runs one of the fleet's programs (or any other, by its full path) to its end and returns what it printed.
    ///
    /// - Throws: ``LocalServerError`` when it is not built or ends with another status than 0.
    public static func run(_ name: String, _ arguments: [String]) async throws -> String {
        try await Tool.run([name.hasPrefix("/") ? name : path(name)] + arguments)
    }
}
