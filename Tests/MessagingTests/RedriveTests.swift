import EventSchema
import Foundation
import HTTPTypes
import Identifiers
import Kafka
import LocalServers
import Postgres
import ServiceKit
import TestSupport
import Testing

@testable import Messaging

/// What a consumer refused is seen, and is handled once more when somebody has put right what was wrong.
@Suite struct RedriveTests {
    @Test func aRefusedEventIsHandledOnceItsHandlerIsPutRight() async throws {
        let handler = StubbornHandler()
        try await Operated.run {
            $0.on(SessionEnded.self) { delivery, tx in
                try await Bus.note(delivery, tx)
                try handler.check()
            }
        } _: { service in
            let event = EventID.new()
            try await service.bus.write(Bus.session(), id: event)
            let letter = try await service.letters(1)[0]
            #expect(letter["topic"] as? String == "auth.sessions")
            #expect(letter["reason"] as? String == "nobody knows this session")
            #expect(letter["eventId"] as? String == event.description)
            #expect(letter["eventType"] as? String == SessionEnded.name)
            #expect(letter["hasContents"] as? Bool == true)
            let id = letter["id"] as? String ?? ""

            // Nothing is stored of an attempt that fails, except that it failed.
            let again = try await service.redrive(id)
            #expect((again.status, again["code"]) == (.conflict, "still_refused"), "\(again.text)")
            #expect(again["detail"]?.contains("nobody knows this session") == true)
            #expect(try await service.bus.handled().isEmpty)
            #expect(try await service.letters(1)[0]["attempts"] as? Int == 1)
            #expect(try await service.audited().isEmpty)

            handler.mend()
            let done = try await service.redrive(id)
            #expect((done.status, done["status"]) == (.ok, "handled"), "\(done.text)")
            #expect(try await service.bus.handled() == ["handled"])
            #expect(try await service.audited() == ["DEAD_LETTER_REDRIVEN"])
            #expect(try await service.letters(0).isEmpty)
            let closed = try await service.client.send(.get, "\(Operated.letters)?status=handled")
            #expect(closed.items.map { $0["closedBy"] as? String } == [UserID.anna.description])

            let late = try await service.redrive(id)
            #expect((late.status, late["code"]) == (.conflict, "dead_letter_closed"), "\(late.text)")
            // The event itself may come once more: it was handled.
            try await service.bus.write(Bus.session(), id: event)
            try await service.bus.write(Bus.session())
            _ = try await eventually("the last event") { try await service.bus.handled().count == 2 ? true : nil }
        }
    }

    @Test func ofManyWhoRedriveAtOnceOneDoesIt() async throws {
        let handler = StubbornHandler()
        try await Operated.run {
            // A replica claims no ids: only the letter itself stands between two of them.
            $0.replica(UserState.self, revision: 1) { user, tx in
                try handler.check()
                try await tx.execute("INSERT INTO handled VALUES (\(user.id), 'user')")
            } remove: { (_: UserID, _) in
            }
        } _: { service in
            try await service.bus.write(Bus.user())
            let letter = try await service.letters(1)[0]
            // Letters of this topic are without contents: they would outlive the person's erasure.
            #expect(letter["hasContents"] as? Bool == false)
            let id = letter["id"] as? String ?? ""
            handler.mend()
            let statuses = try await withThrowingTaskGroup(of: Int.self) { group in
                for _ in 0..<6 { group.addTask { try await service.redrive(id).status.code } }
                return try await group.reduce(into: []) { $0.append($1) }
            }
            #expect(statuses.count { $0 == 200 } == 1)
            #expect(statuses.count { $0 == 409 } == 5)
            #expect(try await service.bus.handled() == ["user"])
            #expect(try await service.audited() == ["DEAD_LETTER_REDRIVEN"])
        }
    }

    @Test func aStateThatANewerOneHasReplacedIsNotBroughtBack() async throws {
        try await Operated.run {
            $0.replica(UserState.self, revision: 1) { user, tx in
                if user.version == 1 { throw EventRefused("too old") }
                try await tx.execute("INSERT INTO handled VALUES (\(user.id), \("v\(user.version)"))")
            } remove: { (_: UserID, _) in
            }
        } _: { service in
            let user = UserID.new()
            try await service.bus.write(Bus.user(user, version: 1))
            let id = try await service.onlyLetter()
            try await service.bus.write(Bus.user(user, version: 2))
            let done = try await service.redrive(id)
            #expect((done.status, done["status"]) == (.ok, "superseded"), "\(done.text)")
            _ = try await eventually("the newer one") { try await service.bus.handled() == ["v2"] ? true : nil }
            #expect(try await service.letters(0).isEmpty)
        }
    }

    @Test func aRecordThatItsTopicHasLostIsTakenFromItsLetter() async throws {
        let handler = StubbornHandler()
        handler.mend()
        try await Operated.run {
            $0.on(SessionEnded.self) { delivery, tx in
                try handler.check()
                try await Bus.note(delivery, tx)
            }
        } _: { service in
            let letters = DeadLetters(
                producer: try KafkaProducer(service.daemon.settings.kafka),
                consumer: "test",
                metrics: service.daemon.metrics,
                logger: service.daemon.logger
            )
            // Such offsets are not in the topic, as after its retention.
            for (offset, isCut) in [(Int64(50), false), (51, true)] {
                let event = Bus.session()
                let record = KafkaMessage(
                    topic: Topic.authSessions.name,
                    partition: 0,
                    offset: offset,
                    timestamp: 0,
                    key: Array(event.key.utf8),
                    value: try EventCodec.committed().encode(event),
                    headers: Bus.headers(SessionEnded.name)
                )
                _ = try await letters.bury(record, "lost")
                try await service.consumer.deadLetters.add(
                    .init(record, "lost", of: "test", isCut: isCut, at: Date())
                )
            }
            await letters.producer.close()
            let ids = try await service.letters(2).map { $0["id"] as? String ?? "" }
            let gone = try await service.redrive(ids[0])
            #expect((gone.status, gone["code"]) == (.conflict, "record_gone"), "\(gone.text)")
            let done = try await service.redrive(ids[1])
            #expect((done.status, done["status"]) == (.ok, "handled"), "\(done.text)")
            #expect(try await service.bus.handled() == ["handled"])
        }
    }

    @Test func aDiscardedRecordStaysDiscarded() async throws {
        try await Operated.run {
            $0.on(SessionEnded.self) { _, _ in throw EventRefused("never") }
        } _: { service in
            try await service.bus.write(Bus.session())
            let id = try await service.onlyLetter()
            let path = "\(Operated.letters)/\(id)/discard"
            #expect(try await service.client.send(.post, path, [:]).wrongFields == ["reason"])
            let done = try await service.client.send(.post, path, ["reason": "A test of the vendor's"])
            #expect((done.status, done["status"], done["note"]) == (.ok, "discarded", "A test of the vendor's"))
            #expect(try await service.audited() == ["DEAD_LETTER_DISCARDED"])
            #expect(try await service.redrive(id).status == .conflict)
            // A replica that is read again refuses it again, and nobody is asked a second time.
            let row = try #require(try await service.bus.database.first("SELECT event_id FROM dead_letters"))
            let event: EventID = try row["event_id"]
            let record = KafkaMessage(
                topic: Topic.authSessions.name,
                partition: 0,
                offset: 0,
                timestamp: 0,
                key: nil,
                value: [1],
                headers: Bus.headers(SessionEnded.name, event)
            )
            try await service.consumer.deadLetters.add(.init(record, "never", of: "test", isCut: false, at: Date()))
            #expect(try await service.letters(0).isEmpty)
        }
    }

    @Test func theListIsReadInPagesAndFilteredAndForgetsWhatIsOld() async throws {
        try await Operated.run {
            $0.on(SessionEnded.self) { _, _ in throw EventRefused("never") }
        } _: { service in
            for _ in 0..<5 { try await service.bus.write(Bus.session()) }
            _ = try await service.letters(5)
            let all = try await service.client.all(Operated.letters, limit: 2)
            #expect(all.compactMap { $0["offset"] as? Int } == [4, 3, 2, 1, 0])
            let none = try await service.client.send(.get, "\(Operated.letters)?topic=auth.users")
            #expect(none.items.isEmpty)
            let wrong = try await service.client.send(.get, "\(Operated.letters)?status=lost")
            #expect(wrong.wrongFields == ["status"])
            var letters = service.consumer.deadLetters
            letters.capacity = 4
            #expect(try await letters.prune() == 1)
            try await service.bus.database.execute(
                "UPDATE dead_letters SET buried_at = now() - interval '31 days' WHERE record_offset < 3"
            )
            #expect(try await letters.prune() == 2)
            #expect(try await service.letters(2).compactMap { $0["offset"] as? Int } == [4, 3])
        }
    }
}
