import Foundation
import Identifiers
import Testing

@testable import EventSchema

/// One filled-in value of every event: no field is nil, so that every field is seen on the wire.
enum Samples {
    struct Sample: Sendable {
        var name: String
        var value: any Encodable & Sendable
        var roundTrip: @Sendable (EventCodec) throws -> Void
        /// Checks that framed bytes hold this very event.
        var equals: @Sendable (EventCodec, [UInt8]) throws -> Void
    }

    private static func sample<E: Event>(_ event: E) -> Sample {
        let equals: @Sendable (EventCodec, [UInt8]) throws -> Void = { codec, bytes in
            let back = try codec.decode(E.self, from: bytes)
            #expect(back == event)
        }
        return Sample(
            name: E.name,
            value: event,
            roundTrip: { try equals($0, try $0.encode(event)) },
            equals: equals
        )
    }

    static let noon = Date(timeIntervalSince1970: 1_780_315_200)

    static let batch = TelemetryBatch(
        session: UUID(uuidString: "0190b5a0-0000-7000-8000-000000000001") ?? UUID(),
        sequence: 300,
        readings: [
            Reading(asset: "INV-2", tag: "ac_power", timestamp: 1_780_315_200_000_000, value: -0.25, quality: .good),
            Reading(asset: "INV-2", tag: "temperatur_\u{b0}", timestamp: -1, value: .infinity, quality: .uncertain),
            Reading(asset: "", tag: "", timestamp: Int64.min, value: 0, quality: .bad),
        ]
    )

    static let received = TelemetryReceived(
        site: "NREL-RSF2",
        asset: "INV-2",
        session: batch.session,
        sequence: 1,
        receivedAt: 5,
        readings: [TagReading(tag: "ac_power", timestamp: 4, value: 1.5, quality: .bad)]
    )

    static let order = WorkOrderSnapshot(
        id: .new(),
        tenant: .new(),
        number: "WO-2026-000001",
        title: "t",
        description: "d",
        type: .emergency,
        priority: .critical,
        status: .inProgress,
        site: .new(),
        asset: .new(),
        assignedTo: .new(),
        scheduledStart: noon,
        scheduledEnd: noon,
        actualStart: noon,
        actualEnd: noon,
        origin: .alert,
        originID: "o",
        tasks: [
            TaskSnapshot(
                id: .new(),
                title: "x",
                position: 1,
                status: .completed,
                completedAt: noon,
                completedBy: .new(),
                notes: "n"
            )
        ],
        createdAt: noon,
        createdBy: .new(),
        updatedAt: noon,
        version: 3
    )

    static let all: [Sample] = [
        sample(SigningKeyState(kid: "k", modulus: "m", exponent: "AQAB", createdAt: noon)),
        sample(RolePolicyState(tenant: .new(), role: "r", permissions: ["a:b"])),
        sample(
            UserState(
                id: .new(),
                tenant: .new(),
                email: "a@b",
                displayName: "A",
                phone: "+49",
                roles: ["r"],
                isActive: true,
                version: 1
            )
        ),
        sample(SessionEnded(session: .new(), user: .new(), endedAt: noon)),
        sample(
            AuditRecorded(
                tenant: .new(),
                user: .new(),
                service: "s",
                action: "A",
                resourceType: "t",
                resourceID: "i",
                cause: "c",
                address: "::1",
                userAgent: "u",
                changes: "{}",
                at: noon
            )
        ),
        sample(
            SiteState(
                id: .new(),
                tenant: .new(),
                code: "S",
                name: "n",
                timeZone: "UTC",
                latitude: 1,
                longitude: 2,
                capacityMW: 3,
                status: "active",
                version: 1
            )
        ),
        sample(
            AssetState(
                id: .new(),
                tenant: .new(),
                site: .new(),
                siteCode: "S",
                code: "A",
                name: "n",
                type: "inverter",
                status: .degraded,
                parent: .new(),
                level: 2,
                ratedPowerKW: 4,
                tags: ["x", "y"],
                version: 1
            )
        ),
        sample(
            SensorState(
                id: .new(),
                tenant: .new(),
                site: .new(),
                siteCode: "S",
                asset: .new(),
                assetCode: "A",
                tag: "t",
                unit: "Cel",
                minimum: -1,
                maximum: 1,
                version: 1
            )
        ),
        sample(WorkOrderCreated(workOrder: order)),
        sample(WorkOrderUpdated(workOrder: order, changedFields: ["title"], by: .new())),
        sample(
            WorkOrderStateChanged(
                workOrder: order,
                from: .open,
                to: .inProgress,
                transition: "start",
                reason: "r",
                by: .new(),
                at: noon
            )
        ),
        sample(
            WorkOrderRequested(
                request: .new(),
                tenant: .new(),
                site: .new(),
                asset: .new(),
                title: "t",
                description: "d",
                type: .emergency,
                priority: .high,
                origin: .alert,
                originID: "o",
                requestedAt: noon
            )
        ),
        sample(
            AlertRuleState(
                id: .new(),
                tenant: .new(),
                name: "n",
                type: "T",
                site: .new(),
                asset: .new(),
                tag: "t",
                comparison: .below,
                threshold: 1,
                consecutive: 3,
                severity: .warning,
                isEnabled: true,
                createsWorkOrder: false,
                version: 1
            )
        ),
        sample(
            AlertDetected(
                id: .new(),
                tenant: .new(),
                rule: .new(),
                type: "T",
                severity: .critical,
                site: .new(),
                siteCode: "S",
                asset: .new(),
                assetCode: "A",
                tag: "t",
                value: 1,
                unit: "Cel",
                threshold: 0,
                consecutive: 3,
                firstAt: noon,
                at: noon
            )
        ),
        sample(
            AlertChanged(
                id: .new(),
                tenant: .new(),
                rule: .new(),
                asset: .new(),
                severity: .info,
                status: .acknowledged,
                workOrder: .new(),
                at: noon,
                version: 2
            )
        ),
        sample(
            NotificationDelivered(
                id: .new(),
                tenant: .new(),
                alert: .new(),
                user: .new(),
                channel: .inApp,
                outcome: .failed,
                attempts: 5,
                error: "e",
                at: noon
            )
        ),
        sample(
            SyncChangeProposed(
                change: .new(),
                tenant: .new(),
                user: .new(),
                roles: ["r"],
                device: .new(),
                entity: .task,
                entityID: "i",
                parentID: "p",
                operation: .update,
                baseVersion: 1,
                strategy: .merge,
                fields: "{}",
                changedAt: noon,
                proposedAt: noon
            )
        ),
        sample(
            SyncChangeDecided(
                change: .new(),
                tenant: .new(),
                entity: .workOrder,
                entityID: "i",
                verdict: .merged,
                version: 2,
                reason: "r",
                server: "{}",
                decidedAt: noon
            )
        ),
        sample(
            PredictionMade(
                id: .new(),
                tenant: .new(),
                asset: .new(),
                model: "m",
                failureProbability: 0.5,
                confidence: 0.9,
                workOrderRequested: true,
                at: noon
            )
        ),
        sample(received),
        sample(TelemetryValidated(tenant: .new(), site: .new(), asset: .new(), readings: received.readings)),
        sample(
            TelemetryRejected(
                site: "S",
                asset: "A",
                tag: "t",
                timestamp: 1,
                value: 2,
                refusal: .outOfRange,
                detail: "d",
                payload: Data([1, 2]),
                rejectedAt: noon
            )
        ),
        sample(
            TelemetryAggregated(
                tenant: .new(),
                site: .new(),
                asset: .new(),
                tag: "t",
                minutes: 15,
                start: noon,
                count: 1,
                average: 1,
                minimum: 1,
                maximum: 1,
                sum: 1,
                standardDeviation: 0,
                uncertainCount: 0,
                badCount: 0
            )
        ),
    ]
}
