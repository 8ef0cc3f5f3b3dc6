import EventSchema
import Identifiers

/// The known sensors and rules. It is a value, so a batch is processed with one unchanging state of it.
struct Registry: Sendable {
    struct Asset: Sendable {
        var tenant: TenantID
        var site: SiteID
        var id: AssetID
        /// By tag.
        var sensors: [String: SensorState] = [:]
    }

    private var assets: [AssetID: Asset] = [:]
    /// Assets by their path `site/asset`, made of the two codes. An old asset with the same path can stay here until the last of
    /// its sensors is deleted, because sensors come from several partitions.
    private var paths: [String: [AssetID]] = [:]
    private var sensors: [String: SensorState] = [:]
    private var rules: [String: AlertRuleState] = [:]
    /// By tag.
    private var rulesByTag: [String: [AlertRuleState]] = [:]
    /// Identifies a state of the registry, also across restarts: the XOR of the marks of all entries.
    private(set) var mark: UInt64 = 0

    func asset(_ id: AssetID) -> Asset? { assets[id] }

    /// The tenant's assets that have a sensor with the tag.
    func assets(of tenant: TenantID, with tag: String) -> [AssetID] {
        assets.values.lazy.filter { $0.tenant == tenant && $0.sensors[tag] != nil }.map(\.id)
    }

    /// The tenant's sensors with one of the tags: of each asset the first, in the order of the tags, if `firstOnly`; by asset and tag.
    func sensors(of tenant: TenantID, with tags: [String], firstOnly: Bool = false) -> [SensorState] {
        assets.values.lazy.filter { $0.tenant == tenant }
            .flatMap { asset in
                let found = tags.compactMap { asset.sensors[$0] }
                return firstOnly ? Array(found.prefix(1)) : found
            }
            .sorted { ($0.asset.rawValue, $0.tag) < ($1.asset.rawValue, $1.tag) }
    }

    /// The asset that readings of `site/asset` belong to.
    func asset(at path: String) -> Asset? {
        paths[path]?.last.flatMap { assets[$0] }
    }

    mutating func set(_ sensor: SensorState) {
        remove(sensor: sensor.key)
        sensors[sensor.key] = sensor
        mark ^= Self.mark(sensor.key, sensor.version)
        if assets[sensor.asset] == nil {
            assets[sensor.asset] = Asset(tenant: sensor.tenant, site: sensor.site, id: sensor.asset)
            // Ids grow with time, so the newest asset is the last.
            paths[sensor.path, default: []].append(sensor.asset)
            paths[sensor.path]?.sort { $0.description < $1.description }
        }
        assets[sensor.asset]?.sensors[sensor.tag] = sensor
    }

    mutating func remove(sensor key: String) {
        guard let sensor = sensors.removeValue(forKey: key) else { return }
        mark ^= Self.mark(sensor.key, sensor.version)
        assets[sensor.asset]?.sensors[sensor.tag] = nil
        guard assets[sensor.asset]?.sensors.isEmpty == true else { return }
        assets[sensor.asset] = nil
        paths[sensor.path]?.removeAll { $0 == sensor.asset }
        if paths[sensor.path]?.isEmpty == true { paths[sensor.path] = nil }
    }

    mutating func set(_ rule: AlertRuleState) {
        remove(rule: rule.key)
        rules[rule.key] = rule
        mark ^= Self.mark(rule.key, rule.version)
        rulesByTag[rule.tag, default: []].append(rule)
        rulesByTag[rule.tag]?.sort { $0.key < $1.key }
    }

    mutating func remove(rule key: String) {
        guard let rule = rules.removeValue(forKey: key) else { return }
        mark ^= Self.mark(rule.key, rule.version)
        rulesByTag[rule.tag]?.removeAll { $0.id == rule.id }
    }

    /// FNV-1a (Fowler, Noll and Vo 1991) of an entry's id and version. Swift's own hashes differ from process to process.
    private static func mark(_ key: String, _ version: Int64) -> UInt64 {
        "\(key)/\(version)".utf8.reduce(0xcbf2_9ce4_8422_2325) { ($0 ^ UInt64($1)) &* 0x100_0000_01b3 }
    }

    /// The rules that watch a tag of an asset.
    func rules(for tag: String, of asset: Asset) -> [AlertRuleState] {
        (rulesByTag[tag] ?? []).filter { rule in
            rule.isEnabled && rule.tenant == asset.tenant && (rule.site ?? asset.site) == asset.site
                && (rule.asset ?? asset.id) == asset.id
        }
    }
}

extension SensorState {
    fileprivate var path: String { "\(siteCode)/\(assetCode)" }
}
