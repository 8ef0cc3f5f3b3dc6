import EventSchema
import Foundation
import Identifiers
import TestSupport

extension SiteState {
    static func sample(_ number: UInt8) -> SiteState {
        SiteState(
            id: .sample(number),
            tenant: .sunfield,
            code: "S-\(number)",
            name: "Solar park",
            timeZone: "Europe/Berlin",
            latitude: nil,
            longitude: nil,
            capacityMW: nil,
            portfolio: nil,
            status: "active",
            version: 1
        )
    }
}

extension AssetState {
    static func sample(_ number: UInt8, at site: SiteID = .sample(30), below parent: AssetID? = nil) -> AssetState {
        AssetState(
            id: .sample(number),
            tenant: .sunfield,
            site: site,
            siteCode: "S",
            code: "A-\(number)",
            name: "Inverter",
            type: "inverter",
            status: .operational,
            parent: parent,
            level: 1,
            ratedPowerKW: 250,
            tags: [],
            version: 1
        )
    }
}

extension SensorState {
    static let sample = SensorState(
        id: .sample(70),
        tenant: .sunfield,
        site: .sample(30),
        siteCode: "S",
        asset: .sample(20),
        assetCode: "A-20",
        tag: "temperature",
        unit: "Cel",
        minimum: nil,
        maximum: 90,
        version: 1
    )
}

extension AlertRuleState {
    static let sample = AlertRuleState(
        id: .sample(71),
        tenant: .sunfield,
        name: "Too hot",
        type: "threshold",
        site: nil,
        asset: .sample(20),
        tag: "temperature",
        comparison: .above,
        threshold: 60,
        consecutive: 3,
        severity: .critical,
        isEnabled: true,
        createsWorkOrder: true,
        version: 1
    )
}

extension AlertChanged {
    static func sample(_ number: UInt8, asset: UInt8 = 20) -> AlertChanged {
        AlertChanged(
            id: .sample(number),
            tenant: .sunfield,
            rule: .sample(71),
            asset: .sample(asset),
            severity: .critical,
            status: .open,
            workOrder: nil,
            at: .noon,
            version: 1
        )
    }
}

extension NotificationDelivered {
    static func sample(_ alert: UInt8, to user: UserID = .sample(5)) -> NotificationDelivered {
        NotificationDelivered(
            id: .new(),
            tenant: .sunfield,
            alert: .sample(alert),
            user: user,
            channel: .email,
            outcome: .sent,
            attempts: 1,
            error: nil,
            at: .noon
        )
    }
}

extension PredictionMade {
    static let sample = PredictionMade(
        id: .sample(72),
        tenant: .sunfield,
        asset: .sample(20),
        model: "forest",
        failureProbability: 0.5,
        confidence: 0.9,
        workOrderRequested: false,
        at: .noon
    )
}

extension WorkOrderState {
    static func at(
        _ number: UInt8,
        asset: UInt8,
        site: UInt8,
        assigned: UserID? = nil,
        by creator: UserID? = nil
    ) -> WorkOrderState {
        var order = WorkOrderState.sample(.sample(number))
        (order.asset, order.site) = (.sample(asset), .sample(site))
        (order.assignedTo, order.createdBy) = (assigned, creator)
        return order
    }
}
