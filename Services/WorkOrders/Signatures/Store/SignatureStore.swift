import Access
import AccessSQL
import EventSchema
import Foundation
import Identifiers
import Messaging
import ObjectStore
import Postgres

/// The signatures of work orders in PostgreSQL. They are there for good: the service can't change or delete any.
struct SignatureStore: Sendable {
    let orders: WorkOrderStore

    private var database: Database { orders.database }

    func sign(
        _ id: WorkOrderID,
        _ new: SignWorkOrder,
        within reach: ChangeReach,
        under rules: AttributeRules,
        by user: UserID,
        _ act: Act,
        _ tx: Transaction
    ) async throws -> SignedState {
        // Locked, with its tasks: what is signed is what is stored.
        let order = try await orders.update(id, within: reach, by: act, tx) { order, facts in
            try order.requireVersion(new.version)
            let terms = Terms(by: user, at: act.time, under: rules, facts)
            try order.requireSignable(as: new.meaning, by: user, terms)
            return nil
        }
        let signature = Signature(
            id: .new(),
            tenant: order.tenant,
            workOrder: order.id,
            meaning: new.meaning,
            version: order.version,
            form: WorkOrder.signedForm,
            sha256: Self.hash(of: order),
            signedBy: user,
            signedAt: act.time
        )
        let known: [Signature] = try await tx.query(Self.selection(of: order.id, order.tenant)).decode()
        guard known.count < Signature.maximumCount else { throw SignatureRefusal.tooMany }
        let isSigned = known.contains {
            ($0.signedBy, $0.meaning, $0.sha256) == (user, signature.meaning, signature.sha256)
        }
        guard !isSigned else { throw SignatureRefusal.signedAlready }
        tx.later(try .insert("work_order_signatures", signature))
        let event = WorkOrderSigned(
            signature: signature.id,
            workOrder: order.id,
            tenant: order.tenant,
            site: order.site,
            asset: order.asset,
            number: order.number,
            meaning: signature.meaning,
            sha256: signature.sha256,
            version: signature.version,
            by: user,
            at: act.time
        )
        try tx.record(
            [Change("SIGNATURE_CREATED", "signature", signature.id, before: nil, after: signature)],
            [event],
            by: act
        )
        return SignedState(signature: signature, isIntact: true)
    }

    /// All of a work order that the caller sees, the earliest first; at most ``Signature/maximumCount``.
    func list(_ order: WorkOrderID, tenant: TenantID, within reach: Reach) async throws -> [SignedState] {
        let order = try await orders.find(order, tenant: tenant, within: reach)
        let found: [Signature] = try await database.of(tenant).query(Self.selection(of: order.id, tenant)).decode()
        guard !found.isEmpty else { return [] }
        let hash = Self.hash(of: order)
        return found.map { SignedState(signature: $0, isIntact: $0.sha256 == hash) }
    }

    private static func hash(of order: WorkOrder) -> String { ContentHash(of: order.signedContent.utf8).text }

    private static func selection(of order: WorkOrderID, _ tenant: TenantID) -> SQL {
        """
        SELECT * FROM work_order_signatures WHERE work_order_id = \(order) AND tenant_id = \(tenant)
        ORDER BY signed_at, id
        """
    }
}

/// A signature, and whether the work order is still what was signed.
struct SignedState: Hashable, Sendable {
    var signature: Signature
    var isIntact: Bool
}

extension Signature: Record {
    static let columnNames = ["tenant": "tenant_id", "workOrder": "work_order_id"]
}
