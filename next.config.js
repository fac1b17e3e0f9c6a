/** @type {import('next').NextConfig} */
export default {
  reactStrictMode: true,
  poweredByHeader: false,
  devIndicators: false,
  agentRules: false,
  // `npm test` checks the types of the whole project; a start should not wait for that.
  typescript: { ignoreBuildErrors: true },
  // Two instances on one machine may build from one checkout; each deployment can keep its own output.
  distDir: process.env.NETLOOM_SITE || '.next',
};
