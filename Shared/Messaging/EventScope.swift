public import EventSchema
public import Foundation
public import Identifiers
public import Postgres

/// Because of what, for whom and when something happens: what every event that comes of it carries in its headers.
///
/// A request handler makes one from the request, a consumer hands one on from the event that it handles.
public struct EventScope: Hashable, Sendable {
    /// The service that decides, for example `work-orders`: the `ce_source` header.
    public var source: String
    /// The tenant that it happens for; `nil` for what concerns the installation.
    public var tenant: TenantID?
    /// Ties everything together that one request or one reading set off: the request id of the beginning.
    public var correlation: String?
    /// The event that directly caused this, if one did.
    public var causation: String?
    /// The W3C trace context of the work in progress.
    public var traceparent: String?
    /// When it happens.
    public var time: Date

    public init(
        source: String,
        tenant: TenantID?,
        correlation: String? = nil,
        causation: String? = nil,
        traceparent: String? = nil,
        time: Date
    ) {
        self.source = source
        self.tenant = tenant
        self.correlation = correlation
        self.causation = causation
        self.traceparent = traceparent
        self.time = time
    }

    /// The metadata of a new event in this scope.
    public func metadata(type: String, id: EventID = .new()) -> EventMetadata {
        EventMetadata(
            id: id,
            type: type,
            source: source,
            time: time,
            tenant: tenant,
            correlation: correlation,
            causation: causation,
            traceparent: traceparent
        )
    }
}

extension EventScope {
    fileprivate var act: Act {
        Act(
            service: source,
            tenant: tenant,
            correlation: correlation,
            causation: causation,
            traceparent: traceparent,
            time: time
        )
    }
}

extension Transaction {
    public func publish(_ events: [any Event], in scope: EventScope) async throws {
        try await publish(events, by: scope.act)
    }
    public func publish(_ event: some Event, in scope: EventScope) async throws {
        try await publish([event], by: scope.act)
    }
    public func publishDeletion<E: Event>(of type: E.Type, key: String, in scope: EventScope) async throws {
        try await publishDeletion(of: type, key: key, by: scope.act)
    }
}
