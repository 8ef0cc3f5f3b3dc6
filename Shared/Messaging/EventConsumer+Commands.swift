import ArgumentParser
import EventSchema
import Foundation
import HTTPTypes
import Identifiers
import Postgres
public import ServiceKit

/// What ``OperationsRoutes`` answers, without a running daemon and without a token: whoever may use the daemon's database may do this.
extension EventConsumer: OperatorCommands {
    public static let commands = [DeadLetterArguments.name, RefusedEventArguments.name]

    public func perform(_ arguments: [String]) async throws -> Bool {
        let rest = Array(arguments.dropFirst())
        do {
            return arguments[0] == DeadLetterArguments.name
                ? try await perform(DeadLetterArguments.parseOrExit(rest))
                : try await perform(RefusedEventArguments.parseOrExit(rest))
        } catch let problem as Problem {
            print("\(problem.code): \(problem.detail)")
            return false
        }
    }

    // MARK: - Dead letters

    private func perform(_ arguments: DeadLetterArguments) async throws -> Bool {
        if let id = arguments.redrive {
            print(try await redrive(id).line)
        } else if arguments.redriveAll {
            return try await redriveAll()
        } else if let id = arguments.discard {
            let letter = try await DeadLetterDesk(consumer: self).discard(id, because: arguments.reason ?? "") {
                try await self.change(DeadLetterArguments.name, $0)
            }
            print(letter.line)
        } else {
            for letter in try await open() { print(letter.line) }
        }
        return true
    }

    private func redrive(_ id: DeadLetterID) async throws -> DeadLetter {
        try await DeadLetterDesk(consumer: self).redrive(id) { try await self.change(DeadLetterArguments.name, $0) }
    }

    /// Each once, the oldest first: what a later event refers to may be in an earlier one.
    private func redriveAll() async throws -> Bool {
        var isComplete = true
        for letter in try await open().reversed() {
            do {
                print(try await redrive(letter.id).line)
            } catch let problem as Problem where problem.status == .conflict {
                print("\(letter.id)  \(problem.code)  \(problem.detail)")
                isComplete = false
            }
        }
        return isComplete
    }

    private func open() async throws -> [DeadLetter] {
        var all: [DeadLetter] = []
        while true {
            let page = try await deadLetters.list(.open, topic: nil, before: all.last?.id, limit: 1000)
            if page.isEmpty { return all }
            all += page
        }
    }

    // MARK: - Refused events

    private func perform(_ arguments: RefusedEventArguments) async throws -> Bool {
        if let id = arguments.retry {
            print(try await change(RefusedEventArguments.name) { try await $1.retryRefused(id, by: $0) }.line)
        } else if let id = arguments.discard {
            let reason = arguments.reason ?? ""
            let event = try await change(RefusedEventArguments.name) {
                try await $1.discardRefused(id, because: reason, by: $0)
            }
            print(event.line)
        } else {
            let events = RefusedEvents(database: database)
            var last: Int64?
            while true {
                let page = try await events.list(before: last, limit: 1000)
                for event in page { print(event.line) }
                guard let next = page.last else { break }
                last = next.row
            }
        }
        return true
    }

    /// Nobody has logged in: the line in the audit log names the command.
    private func change<Value: Sendable>(
        _ command: String,
        _ body: (Act, Transaction) async throws -> Value
    ) async throws -> Value {
        let service = daemon.settings.service
        let act = Act(service: service, tenant: nil, cause: "dcmms-\(service) \(command)", time: Date())
        return try await database.transaction(for: act) { try await body(act, $0) }
    }
}

/// `dcmms-<daemon> dead-letters`
private struct DeadLetterArguments: ParsableArguments {
    static let name = "dead-letters"

    @Option(help: "Have this record handled once more.", transform: id)
    var redrive: DeadLetterID?

    @Flag(help: "Have every open one handled once more.")
    var redriveAll = false

    @Option(help: "Decide that this record is never handled; with --reason.", transform: id)
    var discard: DeadLetterID?

    @Option(help: "Why, for those who read the audit log.")
    var reason: String?

    func validate() throws {
        try checkReason(reason, isNeeded: discard != nil)
        guard [redrive != nil, redriveAll, discard != nil].count(where: \.self) <= 1 else {
            throw ValidationError("give one of --redrive, --redrive-all and --discard")
        }
    }
}

/// `dcmms-<daemon> refused-events`
private struct RefusedEventArguments: ParsableArguments {
    static let name = "refused-events"

    @Option(help: "Have this event published once more.", transform: id)
    var retry: EventID?

    @Option(help: "Decide that this event is never published; with --reason.", transform: id)
    var discard: EventID?

    @Option(help: "Why, for those who read the audit log.")
    var reason: String?

    func validate() throws {
        try checkReason(reason, isNeeded: discard != nil)
        guard retry == nil || discard == nil else { throw ValidationError("give one of --retry and --discard") }
    }
}

private func id<Kind>(_ text: String) throws -> Identifier<Kind> {
    guard let id = Identifier<Kind>(text) else { throw ValidationError("\(text) is not a UUID") }
    return id
}

private func checkReason(_ reason: String?, isNeeded: Bool) throws {
    guard isNeeded == (reason?.isEmpty == false) else {
        throw ValidationError(isNeeded ? "--reason is missing" : "--reason goes with --discard")
    }
    guard (reason ?? "").unicodeScalars.count <= 500 else { throw ValidationError("--reason has at most 500 letters") }
}

extension DeadLetter {
    fileprivate var line: String {
        "\(id)  \(status.rawValue)  \(topic)/\(partition)@\(offset)  \(eventType ?? "-")  \(refusedAt.rfc3339)  \(reason)"
    }
}

extension RefusedEvent {
    fileprivate var line: String {
        "\(id)  \(status.rawValue)  \(topic)  \(eventType)  \(createdAt.rfc3339)  \(reason)"
    }
}
