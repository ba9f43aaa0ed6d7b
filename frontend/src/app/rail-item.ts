import type { LinkProps } from '@tanstack/react-router';
import type { ComponentType } from 'react';

/** One place to go to. */
export interface Item {
  key: string;
  label: string;
  icon: ComponentType<{ size?: number; stroke?: number }>;
  link: LinkProps;
  /** Whether what is shown belongs to it. */
  current: boolean;
  /** How much waits there, in short. */
  count?: string;
}
