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

    mutating func set(_ sensor: SensorState) {
        remove(sensor: sensor.key)
        sensors[sensor.key] = sensor
        let path = "\(sensor.siteCode)/\(sensor.assetCode)"
        var asset = assets[path] ?? Asset(tenant: sensor.tenant, site: sensor.site, id: sensor.asset)
        asset.sensors[sensor.tag] = sensor
        assets[path] = asset
    }

    mutating func remove(sensor key: String) {
        guard let sensor = sensors.removeValue(forKey: key) else { return }
        let path = "\(sensor.siteCode)/\(sensor.assetCode)"
        assets[path]?.sensors[sensor.tag] = nil
        if assets[path]?.sensors.isEmpty == true { assets[path] = nil }
    }

    mutating func set(_ rule: AlertRuleState) {
        remove(rule: rule.key)
        rules[rule.key] = rule
        rulesByTag[rule.tag, default: []].append(rule)
        rulesByTag[rule.tag]?.sort { $0.key < $1.key }
    }

    mutating func remove(rule key: String) {
        guard let rule = rules.removeValue(forKey: key) else { return }
        rulesByTag[rule.tag]?.removeAll { $0.id == rule.id }
    }

    /// The rules that watch a tag of an asset.
    func rules(for tag: String, of asset: Asset) -> [AlertRuleState] {
        (rulesByTag[tag] ?? []).filter { rule in
            rule.isEnabled && rule.tenant == asset.tenant && (rule.site ?? asset.site) == asset.site
                && (rule.asset ?? asset.id) == asset.id
        }
    }
}
