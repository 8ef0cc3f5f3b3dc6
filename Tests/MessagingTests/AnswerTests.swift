import Commands
import Foundation
import HTTPTypes
import Identifiers
import Postgres
import ServiceKit
import Synchronization
import TestSupport
import Testing

@testable import Messaging

/// Answers to requests that can be repeated, tested with a service that only stores notes.
@Suite struct AnswerTests {
    private struct Note: Input {
        var text: String

        static let rules: Rules = ["text": .line(1...100)]
    }

    private struct NoteResponse: Answer, Codable {
        var id: Int64
        var text: String
    }

    private static let notes = Migration(
        "m0001_notes",
        Array(
            """
            CREATE TABLE notes (id bigint GENERATED ALWAYS AS IDENTITY, tenant_id uuid NOT NULL, text text NOT NULL,
                UNIQUE (text) DEFERRABLE INITIALLY DEFERRED);
            SELECT fence('notes');
            """.utf8
        )
    )

    private func withNotes(
        _ body: @escaping @Sendable (ServiceClient, Database, Answers, Mutex<Date>.Box) async throws -> Void
    ) async throws {
        try await withDatabase(.shared + [Self.notes], maximumConnections: 8) { database in
            let authority = try await TestAuthority(roles: ["all": []])
            let daemon = Daemon.forTests("notes", authority)
            let clock = Mutex<Date>.Box(.noon)
            let commands = CommandRunner("notes", database, now: { clock.value })
            let route = try Route(.post, "/notes", "Write a note", .anyone) { (call: Call<Note>) in
                try await commands.run(call) { act, tx in
                    let row = try await tx.first(
                        "INSERT INTO notes (tenant_id, text) VALUES (\(act.tenant), \(call.input.text)) RETURNING id"
                    )
                    if call.input.text == "refused" { throw Problem.field("text", .blank) }
                    return Created(NoteResponse(id: try row?["id"] ?? 0, text: call.input.text), at: "/notes")
                }
            }
            var answers = Answers(database, daemon)
            answers.now = { clock.value }
            let kept = answers
            try await daemon.withRoutes(authority, [route], answers: kept) {
                try await body($0, database, kept, clock)
            }
        }
    }

    private func write(_ text: String, _ key: String?, _ client: ServiceClient) async throws -> ServiceAnswer {
        let headers: HTTPFields = key.map { [.idempotencyKey: $0] } ?? [:]
        return try await client.send(.post, "/api/v1/notes", ["text": text], headers: headers)
    }

    @Test func ofManyConcurrentRequestsOneTakesEffectAndAllGetItsAnswer() async throws {
        try await withNotes { client, database, _, _ in
            let answers = try await withThrowingTaskGroup(of: ServiceAnswer.self) { group in
                for _ in 0..<12 { group.addTask { try await write("one", "k", client) } }
                return try await group.reduce(into: []) { $0.append($1) }
            }
            #expect(Set(answers.map(\.text)).count == 1)
            #expect(answers.allSatisfy { $0.status == .created && $0.headers[.location] == "/notes" })
            #expect(try await database.owner.count("SELECT count(*) FROM notes") == 1)
        }
    }

    @Test func withoutAKeyEveryRequestTakesEffect() async throws {
        try await withNotes { client, database, _, _ in
            for text in ["one", "two"] { _ = try await write(text, nil, client) }
            #expect(try await database.owner.count("SELECT count(*) FROM notes") == 2)
            #expect(try await database.owner.count("SELECT count(*) FROM answers") == 0)
        }
    }

    @Test func aDifferentRequestWithTheSameKeyIsRefused() async throws {
        try await withNotes { client, database, _, _ in
            _ = try await write("one", "k", client)
            let other = try await write("two", "k", client)
            #expect((other.status, other.wrongFields) == (.unprocessableContent, ["Idempotency-Key"]))
            #expect(try await database.owner.count("SELECT count(*) FROM notes") == 1)
        }
    }

    @Test func refusalsAndFailedCommitsAreNotStored() async throws {
        try await withNotes { (client, database, _, _) async throws in
            #expect(try await write("refused", "k", client).status == .badRequest)
            #expect(try await write("one", "k", client).status == .created)
            // The constraint is checked at commit. The answer is already stored by then, and is rolled back with everything else.
            #expect(try await write("one", "k2", client).status == .internalServerError)
            #expect(try await database.owner.count("SELECT count(*) FROM answers") == 1)
            #expect(try await write("two", "k2", client).status == .created)
        }
    }

    @Test func keysOfDifferentUsersAreIndependent() async throws {
        try await withNotes { client, database, _, _ in
            let bo = try await client.acting(as: .bo, of: .sunfield)
            let foreign = try await client.acting(as: .anna, of: .windward)
            for (number, person) in [client, bo, foreign].enumerated() {
                #expect(try await write("\(number)", "k", person).status == .created)
            }
            #expect(try await database.owner.count("SELECT count(*) FROM notes") == 3)
        }
    }

    @Test func theOldestAnswersOfAUserAreDeletedWhenTheyAreTooMany() async throws {
        try await withNotes { client, database, answers, clock in
            let bo = try await client.acting(as: .bo, of: .sunfield)
            let newest = String(repeating: "n", count: 100)
            for (number, text) in ["one", "two", newest].enumerated() {
                clock.value = .noon + TimeInterval(number)
                #expect(try await write(text, text, client).status == .created)
            }
            #expect(try await write("of Bo", "k", bo).status == .created)
            var answers = answers
            #expect(try await answers.trim() == 0)
            // Room for the newest one and for one more.
            answers.capacity = newest.utf8.count + 45
            #expect(try await answers.trim() == 1)
            let kept = try await database.owner.query("SELECT key FROM answers ORDER BY created_at, key")
            #expect(try kept.map { try $0["key"] as String } == ["two", "k", newest])
        }
    }

    @Test func anAnswerIsStoredForOneDay() async throws {
        try await withNotes { client, database, answers, clock in
            let first = try await write("one", "k", client)
            clock.value = .noon + RequestKey.lifetime - 1
            #expect(try await write("one", "k", client).text == first.text)
            #expect(try await answers.prune() == 0)
            clock.value = .noon + RequestKey.lifetime
            // The key can be used again, whether or not the old answer was deleted already.
            #expect(try await write("two", "k", client).status == .created)
            #expect(try await database.owner.count("SELECT count(*) FROM notes") == 2)
            clock.value = .noon + 2 * RequestKey.lifetime
            #expect(try await answers.prune() == 1)
            #expect(try await database.owner.count("SELECT count(*) FROM answers") == 0)
        }
    }
}

extension Mutex<Date> {
    /// A clock that a test moves.
    final class Box: Sendable {
        private let date: Mutex<Date>

        init(_ date: Date) {
            self.date = Mutex<Date>(date)
        }

        var value: Date {
            get { date.withLock { $0 } }
            set { date.withLock { $0 = newValue } }
        }
    }
}
