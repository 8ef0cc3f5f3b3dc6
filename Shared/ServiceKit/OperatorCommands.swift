import Foundation
public import ServiceLifecycle

/// A part of a daemon that carries out an operator's commands: `dcmms-auth dead-letters --redrive-all`. They work on the daemon's
/// database and log, with its configuration, beside the instances that run.
public protocol OperatorCommands: Service {
    /// The names of its commands.
    static var commands: [String] { get }
    /// Carries out a command; what it prints is its answer.
    ///
    /// - Parameter arguments: The name first.
    /// - Returns: Whether all of it succeeded.
    func perform(_ arguments: [String]) async throws -> Bool
}

/// Where the log of a command goes.
@Sendable func toStandardError(_ line: [UInt8]) { FileHandle.standardError.write(Data(line)) }

extension Daemon {
    /// The command that this process was started with; `nil` for the daemon itself.
    static var command: [String]? {
        let arguments = Array(CommandLine.arguments.dropFirst())
        return arguments.first.map { $0.hasPrefix("-") } == false ? arguments : nil
    }

    /// - Returns: Whether all of it succeeded.
    /// - Throws: ``ConfigurationError`` for a command that this daemon does not have.
    func perform(_ command: [String], by services: [any Service]) async throws -> Bool {
        let parts = services.compactMap { $0 as? any OperatorCommands }
        guard let part = parts.first(where: { type(of: $0).commands.contains(command[0]) }) else {
            throw ConfigurationError("there is no command \(command[0])")
        }
        return try await withThrowingTaskGroup(of: Void.self) { group in
            let schemas = schemas
            group.addTask { try await schemas.run() }
            // An event of a newer build can be read only with its schema.
            try await within(.seconds(15)) {
                while (try? schemas.check()) == nil { try await Task.sleep(for: .milliseconds(50)) }
            }
            let hasSucceeded = try await part.perform(command)
            group.cancelAll()
            while (try? await group.next()) != nil {}
            return hasSucceeded
        }
    }
}
