import EventSchema
import Identifiers

/// What is known of sensors and rules. A value: processing a batch sees one state of it.
struct Registry: Sendable {
    struct Asset: Sendable {
        var tenant: TenantID
        var site: SiteID
        var id: AssetID
        /// By tag.
        var sensors: [String: SensorState] = [:]
    }

    /// By `site/asset`, the codes.
    private(set) var assets: [String: Asset] = [:]
    private var sensors: [String: SensorState] = [:]
    private var rules: [String: AlertRuleState] = [:]
    /// By tag.
    private var rulesByTag: [String: [AlertRuleState]] = [:]
    /// Tells one state of the registry from another, across restarts: the marks of all its entries, one over the other.
    private(set) var mark: UInt64 = 0

    mutating func set(_ sensor: SensorState) {
        remove(sensor: sensor.key)
        sensors[sensor.key] = sensor
        mark ^= Self.mark(sensor.key, sensor.version)
        let path = "\(sensor.siteCode)/\(sensor.assetCode)"
        var asset = assets[path] ?? Asset(tenant: sensor.tenant, site: sensor.site, id: sensor.asset)
        asset.sensors[sensor.tag] = sensor
        assets[path] = asset
    }

    mutating func remove(sensor key: String) {
        guard let sensor = sensors.removeValue(forKey: key) else { return }
        mark ^= Self.mark(sensor.key, sensor.version)
        let path = "\(sensor.siteCode)/\(sensor.assetCode)"
        assets[path]?.sensors[sensor.tag] = nil
        if assets[path]?.sensors.isEmpty == true { assets[path] = nil }
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
