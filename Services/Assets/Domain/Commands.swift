import Access
import Commands
import EventSchema
import Identifiers

/// Creates a site.
struct CreateSite: Input {
    var code: String
    var name: String
    var timeZone: String
    var latitude: Double?
    var longitude: Double?
    var capacityMW: Double?
    var portfolio: String?

    static let rules: Rules = [
        "code": .code.means("The site's code, as devices and people use it"),
        "name": .line(1...200).example("Sunfield South"),
        "timeZone": .timeZone,
        "latitude": .number(-90...90),
        "longitude": .number(-180...180),
        "capacityMW": .atLeast(0),
        "portfolio": .line(1...80).means("The name of the group that the site belongs to; it gives nobody any rights")
            .example("Iberia"),
    ]

    /// Whether the code was once a daemon's name in its certificate: a client with that certificate is not a site.
    var isReserved: Bool { code.lowercased() == "telemetry-ingest" }

    func site(tenant: TenantID) -> SiteState {
        SiteState(
            id: .new(),
            tenant: tenant,
            code: code,
            name: name,
            timeZone: timeZone,
            latitude: latitude,
            longitude: longitude,
            capacityMW: capacityMW,
            portfolio: portfolio?.withoutOuterSpaces,
            status: "active",
            version: 1
        )
    }
}

/// Changes a site. An absent field keeps its value. Its code stays: devices and certificates have it.
struct ChangeSite: Input {
    enum Status: String, Codable, CaseIterable, Sendable {
        case active, inactive
    }

    var name: Patch<String>
    var timeZone: Patch<String>
    var latitude: Patch<Double?>
    var longitude: Patch<Double?>
    var capacityMW: Patch<Double?>
    var portfolio: Patch<String?>
    var status: Patch<Status>
    var version: Int64?

    static let rules: Rules = CreateSite.rules.filter { $0.key != "code" }.merging(["version": .seenVersion]) { $1 }

    func apply(to site: inout SiteState) {
        name.apply(to: &site.name)
        timeZone.apply(to: &site.timeZone)
        latitude.apply(to: &site.latitude)
        longitude.apply(to: &site.longitude)
        capacityMW.apply(to: &site.capacityMW)
        portfolio.apply(to: &site.portfolio)
        site.portfolio = site.portfolio?.withoutOuterSpaces
        if let status = status.value { site.status = status.rawValue }
    }
}

/// Creates an asset at a site, at the top or below another asset.
struct CreateAsset: Input {
    var siteId: SiteID
    var code: String
    var name: String
    var type: String
    var status: AssetStatus?
    var parentId: AssetID?
    var ratedPowerKW: Double?
    var tags: [String]?

    static let rules: Rules = [
        "code": .code.means("The asset's code, as devices and people use it; unique within its site"),
        "name": .line(1...200).example("Inverter 7"),
        "type": .line(1...64).example("inverter"),
        "parentId": .means("The parent asset"),
        "ratedPowerKW": .atLeast(0),
        "tags": .freeWords,
    ]

    func asset(site: SiteState, level: Int) -> AssetState {
        AssetState(
            id: .new(),
            tenant: site.tenant,
            site: site.id,
            siteCode: site.code,
            code: code,
            name: name,
            type: type,
            status: status ?? .operational,
            parent: parentId,
            level: level,
            ratedPowerKW: ratedPowerKW,
            tags: tags ?? [],
            version: 1
        )
    }
}

/// Changes an asset. An absent field keeps its value; `null` as `parentId` moves the asset to the top level.
struct ChangeAsset: Input {
    var name: Patch<String>
    var type: Patch<String>
    var status: Patch<AssetStatus>
    var parentId: Patch<AssetID?>
    var ratedPowerKW: Patch<Double?>
    var tags: Patch<[String]>
    var version: Int64?

    static let rules: Rules = [
        "name": .line(1...200).example("Inverter 7"),
        "type": .line(1...64).example("inverter"),
        "parentId": .means("The parent asset; null moves the asset to the top level"),
        "ratedPowerKW": .atLeast(0),
        "tags": .freeWords,
        "version": .seenVersion,
    ]

    /// The permissions that it needs: what an asset does and its end have permissions of their own.
    var permissions: [Permission] {
        var needed: [Permission] = []
        if let status = status.value { needed.append(status == .decommissioned ? .assetDecommission : .assetStatus) }
        let isMore = [name != .keep, type != .keep, parentId != .keep, ratedPowerKW != .keep, tags != .keep]
        if needed.isEmpty || isMore.contains(true) { needed.append(.assetUpdate) }
        return needed
    }

    /// Whether it meets a condition of a grant of one of these permissions.
    func meets(_ condition: GrantCondition) -> Bool {
        switch condition {
        case .fieldStatus: [.operational, .degraded, .down, .maintenance].contains(status.value)
        case .remoteStatus: [.operational, .degraded, .down].contains(status.value)
        case .planningFields: type == .keep && parentId == .keep && ratedPowerKW == .keep
        default: false
        }
    }

    func apply(to asset: inout AssetState) {
        name.apply(to: &asset.name)
        type.apply(to: &asset.type)
        status.apply(to: &asset.status)
        ratedPowerKW.apply(to: &asset.ratedPowerKW)
        tags.apply(to: &asset.tags)
    }
}

/// Registers a sensor of an asset. Readings name its tag.
struct CreateSensor: Input {
    var assetId: AssetID
    var tag: String
    var unit: String
    var minimum: Double?
    var maximum: Double?

    static let rules: Rules = [
        "tag": .tag,
        "unit": .line(1...32).means("The unit, as a UCUM code").example("Cel"),
        "minimum": .means("Readings below this value are invalid"),
        "maximum": .means("Readings above this value are invalid"),
    ]

    func check(_ errors: inout FieldErrors) {
        if let minimum, let maximum { errors.require(minimum < maximum, "maximum", .above("minimum")) }
    }

    func sensor(of asset: AssetState) -> SensorState {
        SensorState(
            id: .new(),
            tenant: asset.tenant,
            site: asset.site,
            siteCode: asset.siteCode,
            asset: asset.id,
            assetCode: asset.code,
            tag: tag,
            unit: unit,
            minimum: minimum,
            maximum: maximum,
            version: 1
        )
    }
}

/// Changes a sensor. An absent field keeps its value. Its tag stays: devices send it, and its readings have it.
struct ChangeSensor: Input {
    var unit: Patch<String>
    var minimum: Patch<Double?>
    var maximum: Patch<Double?>
    var version: Int64?

    static let rules: Rules = CreateSensor.rules.filter { $0.key != "tag" }.merging(["version": .seenVersion]) { $1 }

    /// - Throws: ``Refusal`` when the limits do not fit together, whichever of them is new.
    func apply(to sensor: inout SensorState) throws(Refusal) {
        unit.apply(to: &sensor.unit)
        minimum.apply(to: &sensor.minimum)
        maximum.apply(to: &sensor.maximum)
        if let minimum = sensor.minimum, let maximum = sensor.maximum, minimum >= maximum { throw .limitsReversed }
    }
}

extension String {
    /// A portfolio is known by its name alone: two that look the same are the same.
    fileprivate var withoutOuterSpaces: String {
        guard let first = firstIndex(where: { !$0.isWhitespace }), let last = lastIndex(where: { !$0.isWhitespace })
        else { return self }
        return String(self[first...last])
    }
}

extension Rule {
    fileprivate static let seenVersion = whole(1...Int64.max).means(
        "The version that the client read last; another current version is a conflict"
    )
    /// Keywords of an asset.
    fileprivate static let freeWords = items(0...50, each: .line(1...64)).means("Keywords, freely chosen")
}
