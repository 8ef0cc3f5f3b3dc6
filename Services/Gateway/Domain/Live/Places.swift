import EventSchema
import Identifiers

/// The assets and sites of all tenants, as far as it takes to decide who may see what: which site an asset belongs to, and what it is part of.
struct AssetTree: Sendable {
    struct Node: Hashable, Sendable {
        var tenant: TenantID
        var site: SiteID
        var parent: AssetID?
    }

    /// A tree is not deeper; a replica may hold a cycle for a moment, between two moves of which it has received one.
    private static let maximumDepth = 64
    /// How many deleted records it still knows the place of, for those who have not heard of the deletion.
    private static let memory = 10_000

    private var assets: [AssetID: Node] = [:]
    private var sites: [SiteID: TenantID] = [:]
    private var deletedAssets = Ledger<AssetID, Node>(limit: memory)
    private var deletedSites = Ledger<SiteID, TenantID>(limit: memory)

    mutating func put(_ asset: AssetState) {
        assets[asset.id] = Node(tenant: asset.tenant, site: asset.site, parent: asset.parent)
    }

    mutating func put(_ site: SiteState) { sites[site.id] = site.tenant }

    mutating func remove(_ asset: AssetID) {
        if let node = assets.removeValue(forKey: asset) { deletedAssets[asset] = node }
    }

    mutating func remove(_ site: SiteID) {
        if let tenant = sites.removeValue(forKey: site) { deletedSites[site] = tenant }
    }

    /// Where an asset is or was; `nil` for one that is not known.
    func node(_ asset: AssetID) -> Node? { assets[asset] ?? deletedAssets[asset] }

    func tenant(of site: SiteID) -> TenantID? { sites[site] ?? deletedSites[site] }

    /// The asset and everything above it.
    func chain(_ asset: AssetID) -> [AssetID] {
        var chain = [asset]
        while chain.count < Self.maximumDepth, let parent = node(chain[chain.count - 1])?.parent,
            !chain.contains(parent)
        {
            chain.append(parent)
        }
        return chain
    }
}

/// A bounded table: the oldest entry makes room for a new one.
struct Ledger<Key: Hashable & Sendable, Value: Sendable>: Sendable {
    private let limit: Int
    private var values: [Key: Value] = [:]
    /// A circle, once it is full.
    private var keys: [Key] = []
    private var oldest = 0

    init(limit: Int) { self.limit = max(1, limit) }

    subscript(key: Key) -> Value? {
        get { values[key] }
        set {
            guard let newValue else { return }
            if values.updateValue(newValue, forKey: key) != nil { return }
            if keys.count < limit {
                keys.append(key)
            } else {
                values[keys[oldest]] = nil
                keys[oldest] = key
                oldest = (oldest + 1) % limit
            }
        }
    }
}
