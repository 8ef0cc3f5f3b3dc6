import Commands
import Foundation
import Logging
public import Postgres
public import ServiceKit
public import ServiceLifecycle

/// The answers to requests with an `Idempotency-Key`, in the service's own database, for a day.
///
/// The key is claimed and the answer stored in the transaction of the command itself: at no moment does one of them exist
/// without the other. Of two requests that come at the same time, the second waits at the key's index for the first.
public struct Answers: AnswerStore, Service {
    let database: Database
    let logger: Logger
    var now: @Sendable () -> Date = { Date() }

    private static let pause = Duration.seconds(600)
    /// Rows in one delete: the lock and the WAL of each stay small.
    private static let batchSize = 1000

    public init(_ database: Database, _ daemon: Daemon) {
        self.database = database
        logger = daemon.logger
    }

    public func answer(to key: RequestKey) async throws -> EncodedAnswer? {
        let row = try await database.of(key.tenant).first(key.selection(after: now()))
        return try row?.answer(to: key)
    }

    /// Deletes answers that are too old, until shutdown.
    public func run() async throws {
        await cancelWhenGracefulShutdown {
            while !Task.isCancelled {
                do {
                    while try await prune() == Self.batchSize {}
                } catch {
                    logger.warning("old answers are not deleted", metadata: ["error": "\(String(reflecting: error))"])
                }
                try? await Task.sleep(for: Self.pause)
            }
        }
    }

    /// Deletes one batch of what is too old; returns how many rows there were.
    func prune() async throws -> Int {
        let end = now().addingTimeInterval(-RequestKey.lifetime)
        return try await database.ofEveryTenant.execute(
            """
            DELETE FROM answers WHERE (tenant_id, user_id, key) IN (
                SELECT tenant_id, user_id, key FROM answers WHERE created_at <= \(end)
                ORDER BY created_at LIMIT \(Int64(Self.batchSize)) FOR UPDATE SKIP LOCKED
            )
            """
        )
    }
}

extension Transaction {
    /// Claims the key for this transaction. Waits for another transaction that has it.
    ///
    /// - Throws: ``AnsweredBefore``; ``Problem`` 422 for another request with the same key.
    func claim(_ key: RequestKey, at now: Date) async throws {
        let isNew = try await execute(
            """
            INSERT INTO answers (tenant_id, user_id, key, fingerprint, created_at)
            VALUES (\(key.tenant), \(key.user), \(key.key), \(key.fingerprint), \(now))
            ON CONFLICT (tenant_id, user_id, key) DO UPDATE
                SET fingerprint = excluded.fingerprint, created_at = excluded.created_at, status = NULL
                WHERE answers.created_at <= \(now.addingTimeInterval(-RequestKey.lifetime))
            """
        )
        guard isNew == 0 else { return }
        guard let answer = try await first(key.selection(after: now))?.answer(to: key) else {
            throw Problem.beingAnswered
        }
        throw AnsweredBefore(answer)
    }

    func store(_ answer: EncodedAnswer, for key: RequestKey) async throws {
        let headers = String(decoding: try JSONEncoder().encode(answer.headers), as: UTF8.self)
        try await execute(
            """
            UPDATE answers SET status = \(Int32(answer.status)), headers = \(JSONB(headers)), body = \(answer.body)
            WHERE tenant_id = \(key.tenant) AND user_id = \(key.user) AND key = \(key.key)
            """
        )
    }
}

extension RequestKey {
    fileprivate func selection(after now: Date) -> SQL {
        """
        SELECT fingerprint, status, headers, body FROM answers
        WHERE tenant_id = \(tenant) AND user_id = \(user) AND key = \(key) AND status IS NOT NULL
            AND created_at > \(now.addingTimeInterval(-Self.lifetime))
        """
    }
}

extension Row {
    fileprivate func answer(to key: RequestKey) throws -> EncodedAnswer {
        guard try self["fingerprint"] == key.fingerprint else { throw Problem.keyReused }
        let headers: JSONB = try self["headers"]
        return EncodedAnswer(
            status: try self["status"],
            headers: try JSONDecoder().decode([String: String].self, from: Data(headers.text.utf8)),
            body: try self["body"]
        )
    }
}

extension Migration {
    /// Answers to requests that may come again, for every service whose routes change something; behind ``Migration/tenants``.
    public static let answers = Migration(
        "m0000_answers",
        Array(
            """
            -- What a request with an Idempotency-Key was answered, written in the transaction of what it did.
            CREATE TABLE answers (
                tenant_id   uuid NOT NULL,
                user_id     uuid NOT NULL,
                key         text NOT NULL,
                -- SHA-256 of the request.
                fingerprint bytea NOT NULL,
                created_at  timestamptz NOT NULL,
                -- NULL only within that transaction.
                status      integer,
                headers     jsonb,
                body        bytea,
                PRIMARY KEY (tenant_id, user_id, key)
            );
            CREATE INDEX answers_by_age ON answers (created_at);
            SELECT fence('answers', true);
            """.utf8
        )
    )
}
