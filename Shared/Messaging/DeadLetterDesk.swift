import Foundation
import HTTPTypes
import Identifiers
import Postgres
import ServiceKit

/// Decides about a consumer's dead letters, for whoever asks: a request or a command.
struct DeadLetterDesk: Sendable {
    /// Runs a change in a transaction, as an act of whoever asks.
    typealias Runner = ((Act, Transaction) async throws -> DeadLetter) async throws -> DeadLetter

    let consumer: EventConsumer
    var now: @Sendable () -> Date = { Date() }

    private var letters: DeadLetterList { consumer.deadLetters }

    /// Has the record handled once more. Of several that ask at the same time, one does it.
    ///
    /// - Throws: ``Problem`` 404; 409 when it is closed, is refused again, or is in the log no longer; 503 when the log is slow.
    func redrive(_ id: DeadLetterID, _ run: Runner) async throws -> DeadLetter {
        let letter = try await letters.find(id)
        try letter.requireOpen()
        // The transaction must not wait for the log.
        let record = try await RefusedRecord.find(letter, consumer.settings)
        do {
            return try await run { act, tx in
                try await close(id, "DEAD_LETTER_REDRIVEN", by: act, tx) { letter in
                    switch record {
                    case .found(let record): letter.status = try await consumer.redrive(record, tx)
                    case .superseded: letter.status = .superseded
                    case .gone: throw Problem.recordGone
                    }
                    tx.enter(act.access)
                }
            }
        } catch  where Fault(error) == .record {
            try await letters.note(id, refusedAgain: "\(error)", at: now())
            throw Problem(.conflict, "still_refused", "the record is refused again: \(error)")
        }
    }

    /// Decides that the record is never handled.
    ///
    /// - Throws: ``Problem`` 404, 409 when it is closed.
    func discard(_ id: DeadLetterID, because reason: String, _ run: Runner) async throws -> DeadLetter {
        // One of another group is not found.
        _ = try await letters.find(id)
        return try await run { act, tx in
            try await close(id, "DEAD_LETTER_DISCARDED", by: act, tx) { letter in
                letter.status = .discarded
                letter.note = reason
            }
        }
    }

    private func close(
        _ id: DeadLetterID,
        _ action: String,
        by act: Act,
        _ tx: Transaction,
        _ decide: (inout DeadLetter) async throws -> Void
    ) async throws -> DeadLetter {
        let before = try await tx.lock(id)
        var letter = before
        try await decide(&letter)
        letter.closedAt = act.time
        letter.closedBy = act.user
        try await tx.close(letter)
        try tx.record(try Change(action, "dead-letter", id, before: before, after: letter), by: act)
        return letter
    }
}

extension Problem {
    fileprivate static let recordGone = Problem(
        .conflict,
        "record_gone",
        "the log keeps the record no longer, so it can't be handled: discard its dead letter"
    )
}
