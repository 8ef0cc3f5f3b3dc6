public import EventSchema
public import Postgres

extension SiteState: Record {
    public static let columnNames = ["tenant": "tenant_id"]
}

extension AssetState: Record {
    public static let columnNames = ["tenant": "tenant_id", "site": "site_id", "parent": "parent_id"]
    public static let joined: Set = ["siteCode"]
}

extension SensorState: Record {
    public static let columnNames = ["tenant": "tenant_id", "site": "site_id", "asset": "asset_id"]
    public static let joined: Set = ["site", "siteCode", "assetCode"]
}
