import { useLingui } from '@lingui/react/macro';
import { Select } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { listCategoriesOptions, listFieldsOptions } from '@/lib/api/@tanstack/react-query.gen';
import { FieldInput } from './field-input';

/** What a new ticket is about, and what is asked about it. */
export interface Facets {
  category: number | null;
  fields: Record<string, unknown>;
}

interface FacetsFormProps {
  value: Facets;
  errors: Record<string, unknown>;
  onChange: (value: Facets) => void;
}

/** The category of a new ticket and the form of that category. */
export function FacetsForm({ value, errors, onChange }: FacetsFormProps) {
  const { t } = useLingui();
  const categories = useQuery({ ...listCategoriesOptions(), staleTime: 60_000 }).data?.categories;
  const fields = useQuery({ ...listFieldsOptions(), staleTime: 60_000 }).data?.fields ?? [];
  const usable = categories?.filter((one) => one.usable) ?? [];
  const chosen = usable.find(({ id }) => id === value.category);
  const asked = fields.filter(
    (field) =>
      !field.archived && field.can.set && (field.everywhere || chosen?.form.includes(field.id)),
  );
  const said = (name: string) => (errors[name] ? String(errors[name]) : undefined);
  return (
    <>
      {usable.length > 0 && (
        <Select
          label={t`Category`}
          placeholder={t`What is it about?`}
          searchable
          clearable
          clearButtonProps={{ 'aria-label': t`Clear` }}
          data={usable.map(({ id, path }) => ({ value: String(id), label: path }))}
          value={value.category === null ? null : String(value.category)}
          onChange={(id) => onChange({ ...value, category: id ? Number(id) : null })}
          description={chosen?.description || undefined}
          error={said('category')}
          comboboxProps={{ transitionProps: { duration: 0 } }}
        />
      )}
      {asked.map((field) => (
        <FieldInput
          key={field.slug}
          field={field}
          value={value.fields[field.slug]}
          error={said(`fields.${field.slug}`)}
          onCommit={(entered) =>
            onChange({ ...value, fields: { ...value.fields, [field.slug]: entered } })
          }
        />
      ))}
    </>
  );
}
