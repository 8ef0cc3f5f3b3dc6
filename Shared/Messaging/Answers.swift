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
    private static let batchSize = 1000
    /// How many bytes of answers are kept for one user. A device's pushes of a day need a hundredth; beyond it the oldest are deleted.
    var capacity = 64 << 20

    public init(_ database: Database, _ daemon: Daemon) {
        self.database = database
        logger = daemon.logger
    }

    public func answer(to key: RequestKey) async throws -> EncodedAnswer? {
        let row = try await database.of(key.tenant).first(key.selection(after: now()))
        return try row?.answer(to: key)
    }

    /// Deletes answers that are too old or too many, until shutdown.
    public func run() async {
        await Pruning("old answers", every: Self.pause, logger) {
            let old = try await prune()
            return old > 0 ? old : try await trim()
        }.run()
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

    /// Deletes one batch of what is beyond a user's capacity, the oldest first; returns how many rows there were.
    func trim() async throws -> Int {
        try await database.ofEveryTenant.execute(
            """
            DELETE FROM answers WHERE (tenant_id, user_id, key) IN (
                SELECT tenant_id, user_id, key FROM (
                    SELECT tenant_id, user_id, key, created_at, sum(octet_length(body)) OVER (
                        PARTITION BY tenant_id, user_id ORDER BY created_at DESC, key
                    ) AS size FROM answers
                ) newest WHERE size > \(Int64(capacity)) ORDER BY created_at LIMIT \(Int64(Self.batchSize))
            )
            """
        )
    }
}

extension Transaction {
    /// Claims the key for this transaction. Waits for another transaction that has it. A key that was claimed before, but has no answer
    /// yet, belongs to a change of two steps (``CommandRunner/begin(_:_:)``): the request goes on with it.
    ///
    /// - Throws: ``AnsweredBefore``; ``Problem`` 422 for another request with the same key.
    func claim(_ key: RequestKey, at now: Date) async throws {
        let claimed = try await execute(
            """
            INSERT INTO answers (tenant_id, user_id, key, fingerprint, created_at)
            VALUES (\(key.tenant), \(key.user), \(key.key), \(key.fingerprint), \(now))
            ON CONFLICT (tenant_id, user_id, key) DO UPDATE
                SET fingerprint = excluded.fingerprint, created_at = excluded.created_at, status = NULL
                WHERE answers.created_at <= \(now.addingTimeInterval(-RequestKey.lifetime))
            """
        )
        guard claimed == 0 else { return }
        // The lock makes a twin of this request wait until the answer is stored.
        guard let row = try await first("\(sql: key.selection(after: now)) FOR UPDATE") else {
            throw Problem.beingAnswered
        }
        if let answer = try row.answer(to: key) { throw AnsweredBefore(answer) }
    }

    func store(_ answer: EncodedAnswer, for key: RequestKey) throws {
        let headers = try JSONWriter.text(answer.headers)
        later(
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
        WHERE tenant_id = \(tenant) AND user_id = \(user) AND key = \(key)
            AND created_at > \(now.addingTimeInterval(-Self.lifetime))
        """
    }
}

extension Row {
    /// `nil` while there is none.
    fileprivate func answer(to key: RequestKey) throws -> EncodedAnswer? {
        guard try self["fingerprint"] == key.fingerprint else { throw Problem.keyReused }
        guard let status: Int = try self["status"] else { return nil }
        let headers: JSONB = try self["headers"]
        return EncodedAnswer(
            status: status,
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

    /// A change of two steps claims its key in the first one.
    public static let answersOfTwoSteps = Migration(
        "m0000_answers_of_two_steps",
        Array("COMMENT ON COLUMN answers.status IS 'NULL while the request has no answer';".utf8)
    )
}
