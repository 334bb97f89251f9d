# frozen_string_literal: true

Gem::Specification.new do |spec|
  spec.name = "tracking"
  spec.version = "0.4.0"
  spec.summary = "Where is my parcel"
  spec.files = Dir["lib/**/*.rb"]
end
