public import EventSchema
public import Foundation
import Identifiers
public import ServiceKit

extension AuditRecorded {
    /// The audit entry of something that a person did with a request.
    public init(
        _ action: String,
        _ resourceType: String,
        _ resourceID: String?,
        by principal: Principal,
        in context: DaemonContext,
        service: String,
        changes: String? = nil,
        at time: Date
    ) {
        self.init(
            tenant: principal.tenant,
            user: principal.user,
            service: service,
            action: action,
            resourceType: resourceType,
            resourceID: resourceID,
            cause: context.requestID,
            address: context.clientAddress,
            userAgent: context.userAgent,
            changes: changes,
            at: time
        )
    }
}

extension DaemonContext {
    /// The scope of the events that come of this request.
    public func scope(of service: String, at time: Date) throws -> EventScope {
        EventScope(
            source: service,
            tenant: try principal.tenant,
            correlation: requestID,
            traceparent: trace.description,
            time: time
        )
    }
}
