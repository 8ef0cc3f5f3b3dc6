public import Commands
public import Foundation
public import Postgres
public import ServiceKit

/// Runs a request's changes: in one transaction that sees the caller's tenant, with the request's ``Act``, and once for one
/// `Idempotency-Key`.
///
/// A request that was answered before has no further effect and gets that answer. A refusal is not kept: the client may mend what it
/// says and use the key again.
///
/// ```swift
/// try await commands.run(call) { act, tx in
///     let order = try await store.create(call.input, by: act, tx)
///     return Created(OrderResponse(order), at: "/api/v1/orders/\(order.id)")
/// }
/// ```
public struct CommandRunner: Sendable {
    private let service: String
    private let database: Database
    private let refusal: @Sendable (PostgresError) -> (any Error)?
    private let now: @Sendable () -> Date

    /// - Parameters:
    ///   - service: The name that its events and its lines of the audit log carry.
    ///   - now: The clock.
    ///   - refusal: The rule that a violated constraint enforces. Two commands at the same moment can both find that nothing is
    ///     against them; one of them then violates the constraint.
    public init(
        _ service: String,
        _ database: Database,
        now: @escaping @Sendable () -> Date = { Date() },
        refusal: @escaping @Sendable (PostgresError) -> (any Error)? = { _ in nil }
    ) {
        self.service = service
        self.database = database
        self.refusal = refusal
        self.now = now
    }

    /// Runs the first step of a change whose answer comes of a second one, for example because another service decides in between.
    /// The key is claimed with this step: another request with the same key is refused before it has an effect. Call
    /// ``run(_:_:)`` with the second step. A request that comes again before there is an answer runs both steps again, so the
    /// first one must have its effect only once.
    ///
    /// - Throws: What the command throws, and then nothing of it is stored; ``AnsweredBefore`` for a request that came before;
    ///   ``Problem`` 422 when its key came with another request.
    public func begin<Value: Sendable>(
        _ call: Call<some Input>,
        _ command: (Act, Transaction) async throws -> Value
    ) async throws -> Value {
        try await perform(call) { act, tx in
            if let key = call.key { try await tx.claim(key, at: act.time) }
            return try await command(act, tx)
        }
    }

    /// - Throws: What the command throws, and then nothing of it is stored; ``AnsweredBefore`` for a request that came before;
    ///   ``Problem`` 422 when its key came with another request.
    public func run<Given: Answer>(
        _ call: Call<some Input>,
        _ command: (Act, Transaction) async throws -> Given
    ) async throws -> Given {
        try await perform(call) { act, tx in
            guard let key = call.key else { return try await command(act, tx) }
            try await tx.claim(key, at: act.time)
            let given = try await command(act, tx)
            try tx.store(try given.encoded(), for: key)
            return given
        }
    }

    private func perform<Result: Sendable>(
        _ call: Call<some Input>,
        _ step: (Act, Transaction) async throws -> Result
    ) async throws -> Result {
        let act = Act(call.context, of: service, at: now())
        do {
            return try await database.transaction(for: act) { try await step(act, $0) }
        } catch let error as PostgresError {
            throw refusal(error) ?? error
        }
    }
}
