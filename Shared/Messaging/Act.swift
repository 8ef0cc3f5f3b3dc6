public import EventSchema
public import Foundation
public import Identifiers
public import Postgres
public import Sealing
public import ServiceKit

/// An action: who does it, for which tenant, why and when. All records of it say so: history, audit and the headers of its
/// events (see ``Postgres/Transaction/record(_:_:by:)``).
///
/// A request handler makes one from the request, a consumer from the event that it handles, and a service's own act gives a reason.
public struct Act: Hashable, Sendable {
    /// The service that decides, for example `work-orders`: the `ce_source` header.
    public var service: String
    /// The tenant that it is for; `nil` for the whole installation.
    public var tenant: TenantID?
    /// Who does it; `nil` when no person does.
    public var user: UserID?
    /// The request, the event or the offline change that caused it, or a reason in words.
    public var cause: String?
    /// The network address that the person's request came from.
    public var address: String?
    public var userAgent: String?
    /// Seals the address and the agent where they leave this process.
    public var letterbox: Letterbox?
    /// The correlation id of everything that one request or one reading caused: the first request's id.
    public var correlation: String?
    /// The event that directly caused this, if one did.
    public var causation: String?
    /// The W3C trace context of the work in progress.
    public var traceparent: String?
    /// When it happens, to the microsecond: an answer says the same time before and after it was stored.
    public let time: Date

    public init(
        service: String,
        tenant: TenantID?,
        user: UserID? = nil,
        cause: String? = nil,
        address: String? = nil,
        userAgent: String? = nil,
        letterbox: Letterbox? = nil,
        correlation: String? = nil,
        causation: String? = nil,
        traceparent: String? = nil,
        time: Date
    ) {
        self.service = service
        self.tenant = tenant
        self.user = user
        self.cause = cause
        self.address = address
        self.userAgent = userAgent
        self.letterbox = letterbox
        self.correlation = correlation
        self.causation = causation
        self.traceparent = traceparent
        self.time = Date(microseconds: time.microseconds)
    }

    /// An act by a request, whose caller may not have logged in.
    public init(_ context: DaemonContext, of service: String, at time: Date) {
        self.init(
            service: service,
            tenant: context.caller?.tenant,
            user: context.caller?.user,
            cause: context.requestID,
            address: context.clientAddress,
            userAgent: context.userAgent,
            letterbox: context.letterbox,
            correlation: context.requestID,
            traceparent: context.trace.description,
            time: time
        )
    }

    /// The metadata of a new event that it causes.
    public func metadata(type: String, id: EventID = .new()) -> EventMetadata {
        EventMetadata(
            id: id,
            type: type,
            source: service,
            time: time,
            tenant: tenant,
            correlation: correlation,
            causation: causation,
            traceparent: traceparent
        )
    }

    /// Where the request came from, as it may be published; see ``Sealing/Origin``.
    var origin: String? {
        get throws {
            try Origin(address: address, userAgent: userAgent).sealed(for: user?.description ?? "", in: letterbox)
        }
    }

    /// Whose rows it may see: its tenant's, or none.
    public var access: RowAccess { tenant.map { .of($0) } ?? .noTenant }
}

extension Delivery {
    /// What `service` does because of this event.
    public func act(of service: String, at time: Date) -> Act { Act(because: metadata, service, time) }
}

extension Deletion {
    /// What `service` does because of this deletion.
    public func act(of service: String, at time: Date) -> Act { Act(because: metadata, service, time) }
}

extension Act {
    fileprivate init(because cause: EventMetadata, _ service: String, _ time: Date) {
        self.init(
            service: service,
            tenant: cause.tenant,
            cause: cause.id.description,
            correlation: cause.correlation ?? cause.id.description,
            causation: cause.id.description,
            traceparent: cause.traceparent,
            time: time
        )
    }
}

extension Database {
    /// Runs `body` in a transaction that sees the rows of the act's tenant. A change finds its rows by keys, so its statements are planned
    /// once.
    public func transaction<Value: Sendable>(
        for act: Act,
        _ body: (Transaction) async throws -> Value
    ) async throws -> Value {
        try await with(act.access).transaction(plans: .once, body)
    }
}
