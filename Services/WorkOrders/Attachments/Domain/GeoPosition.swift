/// A place on the earth, in degrees.
struct GeoPosition: Codable, Hashable, Sendable {
    let latitude: Double
    let longitude: Double

    /// - Returns: `nil` if there is no such place.
    init?(latitude: Double?, longitude: Double?) {
        guard let latitude, let longitude, (-90...90).contains(latitude), (-180...180).contains(longitude) else {
            return nil
        }
        (self.latitude, self.longitude) = (latitude, longitude)
    }
}
