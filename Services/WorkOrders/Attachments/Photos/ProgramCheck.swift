import Foundation

/// Whether a program works: it is tried once, and afterwards it only has to be where it was. A health check asks every few seconds.
actor ProgramCheck {
    private let path: String
    private let attempt: @Sendable () async throws -> Void
    private var hasWorked = false

    init(_ path: String, _ attempt: @escaping @Sendable () async throws -> Void) {
        self.path = path
        self.attempt = attempt
    }

    /// - Throws: if it does not work.
    func check() async throws {
        guard FileManager.default.isExecutableFile(atPath: path) else {
            hasWorked = false
            throw ConfinedProgram.Failure.unavailable
        }
        if hasWorked { return }
        try await attempt()
        hasWorked = true
    }
}
